use super::{call, class, class_ref, member, named, program, show, show_class, show_function};
use crate::facts::ir::ExprKind;
use crate::program::{Bound, Definition};

const SHOP: &str = r#"
== package.json
{ "name": "shop", "workspaces": ["packages/*"] }
== apps/web/tsconfig.json
{ "extends": "../../tsconfig.base.json", // comment
  "compilerOptions": { "baseUrl": ".", "paths": { "@/*": ["./src/*"] } } }
== tsconfig.base.json
{ "compilerOptions": { "paths": { "@shop/money": ["packages/money/src/main.ts"] } } }
== packages/db/package.json
{ "name": "@shop/db", "main": "dist/index.js" }
== packages/db/src/index.ts
export * from './users';
export { listOrders as orders, default as Client } from './orders';
export * as audit from './audit.js';
== packages/db/src/users.ts
export class UserService extends Base { load(id: string) { return this.find(id) } static make() {} }
class Base { find(id: string) {} }
export const findUser = async (id: string) => db.user.find(id);
== packages/db/src/orders.ts
export async function listOrders() {}
export default class Orders { all = async () => [] }
== packages/db/src/audit.ts
function log() {}
export { log as write };
export default { log, nested: { deep: () => 1 }, async run() {} };
== packages/money/src/main.ts
export function cents() {}
== apps/web/src/lib/prisma.ts
import { PrismaClient } from '@prisma/client';
export const prisma = globalThis.prisma ?? new PrismaClient();
export default prisma;
== apps/web/src/lib/service.ts
import { UserService } from '@shop/db';
export default new UserService();
export const users: UserService = make();
== apps/web/src/page.tsx
import { UserService, findUser, orders, Client, audit } from '@shop/db';
import * as db from '@shop/db';
import log from '../../../packages/db/src/audit';
import { prisma as client } from '@/lib/prisma';
import main, { users } from '@/lib/service';
import { cents } from '@shop/money';
import React from 'react';
export class OrderController {
  private other = new UserService();
  constructor(private readonly users: UserService, @Inject(X) readonly repo: Repository<User>) {}
  get() { return helper() }
}
const helper = () => findUser('1');
namespace Inner { export function only() { return two() } function two() {} }
"#;

#[test]
fn names_lead_through_modules() {
    let program = program(SHOP);
    let view = program.view();
    let at = "apps/web/src/page.tsx";
    let users = "packages/db/src/users.ts";
    assert_eq!(
        class(&view, at, "", "UserService"),
        format!("{users} UserService")
    );
    assert_eq!(
        class(&view, at, "", "db.UserService"),
        format!("{users} UserService")
    );
    assert_eq!(class(&view, at, "", "Client"), "packages/db/src/orders.ts Orders");
    assert_eq!(class(&view, at, "", "React.Component"), "-");
    assert_eq!(call(&view, at, "", "findUser", 1), format!("{users} findUser()"));
    assert_eq!(
        call(&view, at, "", "orders", 0),
        "packages/db/src/orders.ts listOrders()"
    );
    assert_eq!(
        call(&view, at, "", "cents", 0),
        "packages/money/src/main.ts cents()"
    );
    assert_eq!(
        call(&view, at, "OrderController.get", "helper", 0),
        format!("{at} helper()")
    );
    assert_eq!(
        call(&view, at, "Inner.only", "two", 0),
        format!("{at} Inner.two()")
    );
    assert_eq!(call(&view, at, "OrderController.get", "two", 0), "-");
    assert_eq!(
        member(&view, at, "db", "orders"),
        "packages/db/src/orders.ts listOrders()"
    );
    assert_eq!(
        member(&view, at, "audit", "write"),
        "packages/db/src/audit.ts log()"
    );
    assert_eq!(member(&view, at, "log", "log"), "packages/db/src/audit.ts log()");
    assert_eq!(
        member(&view, at, "log", "run"),
        "packages/db/src/audit.ts exports.default.run()"
    );
    assert_eq!(
        member(&view, at, "log.nested", "deep"),
        "packages/db/src/audit.ts exports.default.nested.deep()"
    );
    assert_eq!(member(&view, at, "main", "find"), format!("{users} Base.find()"));
    assert_eq!(named(&view, at, "main"), format!("{users} a UserService"));
    assert_eq!(named(&view, at, "users"), format!("{users} a UserService"));
    assert_eq!(named(&view, at, "client"), "apps/web/src/lib/prisma.ts = prisma");
    assert_eq!(named(&view, at, "React"), "-");
}

#[test]
fn fields_are_injected_or_made() {
    let program = program(SHOP);
    let view = program.view();
    let class = class_ref(&view, "apps/web/src/page.tsx", "OrderController");
    for field in ["users", "other"] {
        let found = view.class_of_field(class, field);
        assert_eq!(
            show_class(&view, found),
            "packages/db/src/users.ts UserService",
            "{field}"
        );
    }
    let (owner, repo) = view.field(class, "repo").expect("a field");
    assert_eq!(
        (owner, repo.ty.as_ref().expect("a type").name.as_str()),
        (class, "Repository")
    );
    assert_eq!(show_class(&view, view.class_of_field(class, "repo")), "-");
    let orders = class_ref(&view, "packages/db/src/orders.ts", "Orders");
    assert_eq!(
        show_function(&view, view.method(orders, "all")),
        "packages/db/src/orders.ts Orders.all()"
    );
    let users = class_ref(&view, "packages/db/src/users.ts", "UserService");
    assert_eq!(
        show_function(&view, view.static_method(users, "make")),
        "packages/db/src/users.ts UserService.make()"
    );
}

#[test]
fn common_js() {
    let program = program(
        r"
== services/index.js
module.exports = { users: require('./users'), ...require('./mail'), find, async go() {} };
function find() {}
== services/users.js
const repo = require('../repo');
class Users { constructor() { this.repo = new Repo(); } all() { return this.repo.all() } }
class Repo { all() {} }
module.exports = new Users();
== services/mail.js
exports.send = async (to) => {};
module.exports.stop = function () {};
== repo.js
module.exports = class Repo { all() {} };
== factory.js
module.exports = (db) => ({ db });
== app.js
const services = require('./services');
const { find, send, users } = require('./services');
const Repo = require('./repo');
const make = require('./factory');
const mail = require('./services/mail.js');
",
    );
    let view = program.view();
    assert_eq!(
        member(&view, "app.js", "services", "find"),
        "services/index.js find()"
    );
    assert_eq!(
        member(&view, "app.js", "services", "go"),
        "services/index.js module.exports.go()"
    );
    assert_eq!(call(&view, "app.js", "", "find", 0), "services/index.js find()");
    assert_eq!(
        member(&view, "app.js", "mail", "send"),
        "services/mail.js exports.send()"
    );
    assert_eq!(
        member(&view, "app.js", "mail", "stop"),
        "services/mail.js exports.stop()"
    );
    assert_eq!(class(&view, "app.js", "", "Repo"), "repo.js Repo");
    assert_eq!(
        call(&view, "app.js", "", "make", 1),
        "factory.js module.exports()"
    );
    assert_eq!(named(&view, "app.js", "users"), "services/users.js a Users");
    assert_eq!(
        call(&view, "app.js", "", "send", 1),
        "services/mail.js exports.send()"
    );
    let all = view.named(program.file("app.js").expect("a file"), "services.users.repo.all");
    assert_eq!(show(&view, all), "services/users.js Repo.all()");
}

#[test]
fn values_keep_what_they_are_made_of() {
    let program = program(
        "
== lib.ts
export const load = reactCache(async (id) => db.find(id));
export const repo = { find: async () => [], deep: { save() {} } } satisfies Repo;
export const stripe = key ? new Stripe(key) : null;
export const SIZES = [1, 2, f(x => x)];
export function make(): Service { return new Service() }
export class Service { run() {} get inner(): Inner { return x } }
class Inner { go() {} }
== app.ts
import { load, repo, stripe, SIZES, make } from './lib';
const service = make();
",
    );
    let view = program.view();
    assert_eq!(call(&view, "app.ts", "", "load", 1), "lib.ts load()");
    assert_eq!(member(&view, "app.ts", "repo", "find"), "lib.ts repo.find()");
    assert_eq!(
        member(&view, "app.ts", "repo.deep", "save"),
        "lib.ts repo.deep.save()"
    );
    assert_eq!(member(&view, "app.ts", "repo", "gone"), "-");
    assert_eq!(member(&view, "app.ts", "service", "run"), "lib.ts Service.run()");
    assert_eq!(
        member(&view, "app.ts", "service.inner", "go"),
        "lib.ts Inner.go()"
    );
    let service = class_ref(&view, "lib.ts", "Service");
    assert_eq!(
        show_class(&view, view.class_of_field(service, "inner")),
        "lib.ts Inner"
    );
    let kind = |name: &str| match view.named(program.file("app.ts").expect("a file"), name) {
        Some(Definition::Value(value)) => match &view.value(value).expect("a value").bound {
            Bound::Expr(made) => made.kind.clone(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    assert!(matches!(kind("stripe"), ExprKind::New { class, .. } if class.name == "Stripe"));
    assert!(matches!(kind("SIZES"), ExprKind::List(parts) if parts.len() == 3));
}

#[test]
fn exports_in_circles_and_two_of_one_name_give_no_answer() {
    let program = program(
        "
== a.ts
export * from './b';
export { gone } from './b';
export * from './one';
export * from './two';
== b.ts
export * from './a';
export { gone } from './a';
export const found = () => 1;
== one.ts
export function twice() {}
== two.ts
export function twice() {}
== main.ts
import { gone, found, missing, twice } from './a';
const x = y; const y = x;
",
    );
    let view = program.view();
    assert_eq!(named(&view, "main.ts", "gone"), "-");
    assert_eq!(named(&view, "main.ts", "missing"), "-");
    assert_eq!(named(&view, "main.ts", "twice"), "-");
    assert_eq!(named(&view, "main.ts", "found"), "b.ts found()");
    assert_eq!(named(&view, "main.ts", "x"), "main.ts = y");
}
