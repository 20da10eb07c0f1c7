use super::{lowered, whole};
use crate::facts::ir::Language;

#[test]
fn imports() {
    assert_eq!(
        whole(
            "import d, { type A, B as C } from './m';
import type { T } from 't';
import * as ns from \"ns\";
import './side';
import fs = require('fs');
export { x as y, default } from './x';
export * from './all';
export * as q from './q';
const { P, Q: R, ...rest } = require('p');
const m = require('m').inner;
async function f() { const { L } = await import(`./lazy`); }
require('./bare');"
        )
        .lines()
        .filter(|line| line.starts_with("import"))
        .collect::<Vec<_>>()
        .join("\n"),
        "import ./m (default as d, A, B as C)
import t (T)
import ns (* as ns)
import ./side ()
import fs (* as fs)
import ./x (x as y, default)
import ./all ()
import ./q (* as q)
import p (P, Q as R)
import m (inner as m)
import ./lazy (L)
import ./bare ()"
    );
}

#[test]
fn exports_under_another_name_read_as_common_js() {
    assert_eq!(
        crate::facts::dump::dump_body(
            &lowered(
                Language::TypeScript,
                "export { a, b as c, d as default }; export default class E {}\nexport default f(1); export = g;",
            ),
            "",
        ),
        "exports.c = b
exports.default = d
<class E>
exports.default = E
exports.default = f(1)
module.exports = g
"
    );
}

#[test]
fn classes() {
    assert_eq!(
        whole(
            "@Injectable({ scope: 1 })
export class S extends mod.Base<User> implements I1, I2<X> {
  @Col() name!: string;
  private items?: Order[] = [];
  static count = 0;
  handler = async (x: number) => x;
  constructor(@Inject(T) private readonly repo: Repository<User>, b = 3, c?: string) { super(); }
  get total(): number { return 1 }
  over(a: string): void;
  @Get(':id') private async load(id: string | null, ...r: X[]): Promise<User[]> { return this.repo.find(id) }
  static make<T>() { function inner() {} }
  #hidden() {}
  static { init(); }
}"
        ),
        r#"@Injectable({"scope": 1}) class S(mod.Base<User>, I1, I2<X>)
  @Col name: string
  items: []<Order>? = []
  static count = 0
  handler = async (x: number) => { return x }
  @Inject(T) repo: Repository<User>
  methods constructor, total, over, load, make, #hidden, static
  <class S>
constructor S.constructor(@Inject(T) repo: Repository<User>, b = 3, c: string?)
  super()
getter S.total() -> number
  return 1
method S.over(a: string) -> void
@Get(":id") private async method S.load(id: |<string, null>?, ...r: []<X>) -> Promise<[]<User>>
  return this.repo.find(id)
static method S.make()
  <function S.make.inner>
function S.make.inner()
private method S.#hidden()
static method S.static()
  init()"#
    );
}

#[test]
fn other_types() {
    assert_eq!(
        whole(
            "interface I extends J, K<L> { readonly a?: Foo.Bar[]; m(x: number): Promise<void>; [k: string]: any }
type Al = { a: A['b'] } & B;
type Fn = (a: string) => void;
enum E { A, B = 'b' }
abstract class AB { abstract q(): Promise<[A, B?]>; p: readonly (A | undefined)[] }
namespace N.M { export const z = 1; export function g() {} export class C {} }
declare module 'x' { function over(a: 1): void; function over(a: 2): B }
export default class extends Mixin(A, b.C) {}
const Z = class extends Model {};
export default async function* () { yield 1; yield* f() }"
        ),
        r#"interface I(J, K<L>)
  a: []<Foo.Bar>?
  methods m
interface Al(B)
  a: [key]<A, 'b'>
interface Fn(=><void>)
enum E()
  static A
  static B = "b"
class AB()
  p: []<|<A, undefined>?>
  methods q
module N.M()
  methods g
class N.M.C()
module x()
  methods over
class default(Mixin<A, b.C>)
class Z(Model)
  <class I>
  <class Al>
  <class Fn>
  <class E>
  <class AB>
  <class N.M>
  scope
    z = 1
    <function N.M.g>
    <class N.M.C>
  <class x>
  <class default>
  <class Z>
  <function default>
method I.m(x: number) -> Promise<void>
method AB.q() -> Promise<()<A, B>>
static function N.M.g()
static function x.over(a: 2) -> B
async function default()
  yield 1
  yield f()"#
    );
}

#[test]
fn javascript_reads_the_same() {
    let text = "@dec class A extends B { static x = 1; #y; async m({ a = 1 }, [b], ...c) {} }
const { D } = require('d');
module.exports = { A, async go(x) { for (const y of x) await D.find(y) } };";
    let facts = lowered(Language::JavaScript, text);
    assert_eq!(
        crate::facts::dump::dump(&facts),
        r#"import d (D)
@dec class A(B)
  static x = 1
  #y
  methods m
module ()
  <class A>
  {D: D} = require("d")
  module.exports = {"A": A, "go": async (x) => { for y in x; await D.find(y) }}
async method A.m({a: a}, (b), ...c)
"#
    );
}
