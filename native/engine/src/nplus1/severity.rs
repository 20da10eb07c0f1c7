//! Step 9, second half: severity by reach and nesting (analysis.md 5.10). What the function is
//! reached from is read off the file alone: its path, the bases of its class, its decorators.

use super::site::Iteration;
use super::value::Bound;
use crate::facts::ir::FunctionId;
use crate::raw::File;
use crate::report::Severity;

/// Iterations that count and that the site runs in.
pub fn of_read(file: &File<'_>, function: FunctionId, counting: &[&Iteration<'_>]) -> Severity {
    if is_script(file.path)
        || counting
            .iter()
            .all(|iteration| matches!(iteration.bound, Bound::Limited(n) | Bound::Literal(n) if n <= 100))
    {
        return Severity::Low;
    }
    if is_request_path(file, function) {
        Severity::High
    } else {
        Severity::Medium
    }
}

/// Writes are low; several for one element on a request path are not.
pub fn of_write(file: &File<'_>, function: FunctionId, per_element: usize) -> Severity {
    if per_element > 1 && is_request_path(file, function) && !is_script(file.path) {
        Severity::Medium
    } else {
        Severity::Low
    }
}

fn is_script(path: &str) -> bool {
    path.split('/')
        .any(|part| matches!(part, "scripts" | "script" | "bin" | "tasks" | "commands"))
        && !path.starts_with("app/")
        || std::path::Path::new(path)
            .extension()
            .is_some_and(|e| e == "rake")
}

const REQUEST_PARTS: &[&str] = &[
    "controllers",
    "controller",
    "views",
    "api",
    "routes",
    "routers",
    "resolvers",
    "resolver",
    "endpoints",
    "handlers",
    "pages",
    "graphql",
    "serializers",
    "actions",
    "viewsets",
];
const REQUEST_NAMES: &[&str] = &[
    "views",
    "routes",
    "urls",
    "api",
    "resolvers",
    "endpoints",
    "serializers",
    "controller",
    "route",
];
const REQUEST_DECORATORS: &[&str] = &[
    "route",
    "get",
    "post",
    "put",
    "patch",
    "delete",
    "api_view",
    "Get",
    "Post",
    "Put",
    "Patch",
    "Delete",
    "GetMapping",
    "PostMapping",
    "PutMapping",
    "DeleteMapping",
    "PatchMapping",
    "RequestMapping",
    "HttpGet",
    "HttpPost",
    "HttpPut",
    "HttpDelete",
    "Query",
    "Mutation",
    "ResolveField",
    "QueryMapping",
    "MutationMapping",
    "SchemaMapping",
    "action",
];

fn is_request_path(file: &File<'_>, function: FunctionId) -> bool {
    let stem = file
        .path
        .rsplit('/')
        .next()
        .unwrap_or("")
        .split('.')
        .next()
        .unwrap_or("");
    if file.path.split('/').any(|part| REQUEST_PARTS.contains(&part)) || REQUEST_NAMES.contains(&stem) {
        return true;
    }
    let Some(function) = file.facts.functions.get(function) else {
        return false;
    };
    let last = |name: &str| name.rsplit('.').next().unwrap_or("").to_owned();
    let decorated = function
        .decorators
        .iter()
        .any(|d| REQUEST_DECORATORS.contains(&last(&d.name).as_str()));
    let class = function.class.and_then(|class| file.facts.classes.get(class));
    let in_controller = class.is_some_and(|class| {
        let named = |name: &str| {
            ["Controller", "ViewSet", "APIView", "Resolver", "View"]
                .iter()
                .any(|end| name.ends_with(end))
        };
        named(&class.name)
            || class.bases.iter().any(|base| named(base.short()))
            || class.decorators.iter().any(|d| {
                matches!(
                    last(&d.name).as_str(),
                    "Controller" | "RestController" | "Resolver" | "ApiController"
                )
            })
    });
    decorated || in_controller
}
