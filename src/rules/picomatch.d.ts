/** The part of picomatch that `glob.ts` uses; the package brings no declarations of its own. */
declare module 'picomatch' {
  interface Options {
    dot?: boolean;
    noextglob?: boolean;
    nonegate?: boolean;
    /** Flags of the regular expression. */
    flags?: string;
  }
  export default function picomatch(glob: string, options?: Options): (path: string) => boolean;
}
