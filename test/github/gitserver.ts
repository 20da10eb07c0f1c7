// Git over smart HTTP: checks the token and hands the request to git's own `git http-backend`. It must not know pulls.
import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { allows, tokenOf } from './auth.ts';
import type { Faults } from './faults.ts';
import { fullName, type State } from './state.ts';

const PATH = /^\/([^/]+)\/([^/]+?)(?:\.git)?(\/(?:info\/refs|git-upload-pack))$/;

function refuse(response: ServerResponse, status: number, text: string): void {
  const challenge: Record<string, string> = status === 401 ? { 'www-authenticate': 'Basic realm="GitHub"' } : {};
  response.writeHead(status, { 'content-type': 'text/plain', ...challenge }).end(text);
}

/** Serves the request if it is git's; false if it is something else. */
export function serveGit(state: State, faults: Faults, request: IncomingMessage, response: ServerResponse): boolean {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const match = PATH.exec(url.pathname);
  if (!match) return false;
  const [, owner = '', name = '', rest = ''] = match;
  const repository = state.repository(owner, name);
  const token = tokenOf(state, request.headers.authorization);
  const fault = faults.next(`GIT ${url.pathname}`);
  if (fault?.kind === 'bad-gateway') refuse(response, 502, 'Bad Gateway');
  else if (fault && fault.kind !== 'delay') request.socket.destroy();
  else if (request.headers.authorization && !token) refuse(response, 401, 'Bad credentials');
  else if (!token && (!repository || repository.private)) refuse(response, 401, 'Authentication required');
  else if (!repository || token?.repositories?.has(repository.id) === false)
    refuse(response, 404, 'Repository not found.');
  else if (token && !allows(token.permissions.contents, 'read')) refuse(response, 403, 'Resource not accessible');
  else {
    state.gitCalls.push(`${rest === '/info/refs' ? 'refs' : 'pack'} ${fullName(repository)}`);
    backend(repository.git.dir, rest, url.search.slice(1), request, response);
  }
  return true;
}

function backend(dir: string, path: string, query: string, request: IncomingMessage, response: ServerResponse): void {
  const header = (name: string): string => String(request.headers[name] ?? '');
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: dir,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: path,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: header('content-type'),
      ...(request.headers['content-length'] ? { CONTENT_LENGTH: header('content-length') } : {}),
      HTTP_CONTENT_ENCODING: header('content-encoding'),
      GIT_PROTOCOL: header('git-protocol'),
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.on('error', () => refuse(response, 500, 'git http-backend could not be started'));
  child.stdin.on('error', () => {}); // the client or git hung up first; the exit tells the rest
  request.pipe(child.stdin);
  response.on('close', () => {
    if (!response.writableFinished) child.kill();
  });
  let head = Buffer.alloc(0);
  const onHead = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    child.stdout.off('data', onHead);
    const headers = head.subarray(0, end).toString('latin1').split('\r\n');
    let status = 200;
    for (const line of headers) {
      const [name = '', value = ''] = [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()];
      if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.writeHead(status);
    response.write(head.subarray(end + 4));
    child.stdout.pipe(response);
  };
  child.stdout.on('data', onHead);
  child.on('close', () => {
    if (!response.headersSent) refuse(response, 500, 'git http-backend gave no answer');
    response.end();
  });
}
