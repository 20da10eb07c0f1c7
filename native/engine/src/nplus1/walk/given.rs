//! What a body is given by the call that enters it: arguments find their parameters.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use super::Walker;
use crate::facts::ir::{ExprKind, Lambda, Param, Pattern};
use crate::nplus1::batch;
use crate::nplus1::taint::Taint;
use crate::nplus1::value::{Kind, Value};

/// What a body gets from the call that enters it.
pub(super) struct Given<'a> {
    pub this: Option<Value<'a>>,
    /// Name, if the argument has one, and value.
    pub args: Vec<(Option<String>, Value<'a>)>,
    pub block: Option<&'a Lambda>,
    /// The callee is a method of the object at hand: it sees and leaves its variables.
    pub own: bool,
    /// The call writes out all that it gives: a parameter without an argument is as declared.
    pub whole: bool,
}

impl<'a> Given<'a> {
    pub fn taint(&self) -> Taint {
        let mut taint = Taint::default();
        for value in self.args.iter().map(|(_, value)| value).chain(&self.this) {
            taint.add(&value.taint);
        }
        taint
    }

    /// What the body may ask for on a way that is not followed: a method may keep what it is given in its
    /// object and ask for it from there. The parameters of a plain function are followed one by one.
    pub fn unfollowed_taint(&self) -> Taint {
        match self.this {
            Some(_) => self.taint(),
            None => Taint::default(),
        }
    }

    /// What an answer hangs on of which nothing else is known: `format("… WHERE id IN ($1)", [ids])`.
    pub fn answer_taint(&self) -> Taint {
        let is_list = |value: &Value<'a>| matches!(value.kind, Kind::Text(text) if batch::is_sql_list(text));
        match self.args.iter().any(|(_, value)| is_list(value)) {
            true => self.taint().into_batched(),
            false => self.taint(),
        }
    }

    /// Tells apart what the body may do with the values: their kinds, not what they hang on.
    pub fn shape(&self) -> Option<u64> {
        let mut hasher = DefaultHasher::new();
        for (name, value) in &self.args {
            name.hash(&mut hasher);
            value.shape(&mut hasher).then_some(())?;
        }
        if let Some(this) = &self.this {
            this.shape(&mut hasher).then_some(())?;
        }
        self.whole.hash(&mut hasher);
        self.block.is_none().then(|| hasher.finish())
    }
}

impl<'a> Walker<'a> {
    /// Named arguments go to their parameters, the others in order; what nobody gives is as declared.
    pub(super) fn given_params(
        &mut self,
        params: &'a [Param],
        args: Vec<(Option<String>, Value<'a>)>,
        whole: bool,
    ) {
        let (named, plain): (Vec<_>, Vec<_>) = args.into_iter().partition(|(name, _)| name.is_some());
        let mut named: Vec<(String, Value<'a>)> = named
            .into_iter()
            .filter_map(|(name, value)| Some((name?, value)))
            .collect();
        let mut plain = plain.into_iter().map(|(_, value)| value);
        let takes_both = params.iter().filter(|param| param.rest).count() == 1;
        for param in params {
            let by_name = match &param.pattern {
                Pattern::Name { name, .. } => named
                    .iter()
                    .position(|(given, _)| given == name)
                    .map(|at| named.swap_remove(at).1),
                _ => None,
            };
            let given = match by_name {
                Some(value) => Some(value),
                None if param.rest => {
                    let mut rest: Vec<Value<'a>> = plain.by_ref().collect();
                    let left = || Value::new(Kind::Named(Rc::new(named.clone())));
                    match &param.pattern {
                        Pattern::Name { name, .. } if name == "..." && !named.is_empty() => rest.push(left()),
                        // `**options`
                        _ if rest.is_empty()
                            && !named.is_empty()
                            && (takes_both || is_last(params, param)) =>
                        {
                            rest.push(left());
                        }
                        _ => {}
                    }
                    Some(match rest.as_slice() {
                        [only] if matches!(only.kind, Kind::Named(_)) => only.clone(),
                        _ => Value::new(Kind::tuple(rest)),
                    })
                }
                None => plain.next(),
            };
            // A default is made only where nothing is given.
            let own = match &given {
                Some(_) => self.muted(|walker| walker.param(param)),
                None => self.param(param),
            };
            let value = match (given, self.block) {
                (Some(value), _) => value.or_as(own),
                (None, None)
                    if whole
                        && is_nothing(param)
                        && self.unit.table.lazy_queries
                        && !matches!(own.kind, Kind::Client(_) | Kind::Source(_)) =>
                {
                    Value::new(Kind::Null)
                }
                // `def each(&block)`
                (None, Some((block, depth))) if param.default.is_none() => {
                    Value::new(Kind::Lambda(block, depth))
                }
                (None, _) => own,
            };
            self.bind(&param.pattern, value);
        }
    }
}

/// The rest of the named arguments comes after that of the others.
fn is_last(params: &[Param], param: &Param) -> bool {
    let last = params.iter().rev().find(|param| param.rest);
    last.is_some_and(|last| std::ptr::eq(last, param))
}

fn is_nothing(param: &Param) -> bool {
    matches!(param.default.as_ref().map(|it| &it.kind), Some(ExprKind::Null))
}
