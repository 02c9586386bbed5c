/**
 * Reads the names in a file of HCL: blocks, their labels, and arguments, with the expressions as text. It is tolerant:
 * what an expression means is not its business, and Terraform itself says what is wrong with one.
 * https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
 */
import { type Body, type Member, UnreadableFile } from './body.ts';

const IDENTIFIER = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;
const HEREDOC = /<<-?([\p{ID_Start}_][\p{ID_Continue}-]*)\r?\n/uy;

/** @throws UnreadableFile with the line */
export function parseHcl(source: string): Body {
  return new Reader(source.replace(/^\uFEFF/, '')).body(undefined);
}

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

class Reader {
  private at = 0;
  private lines = 1;
  private counted = 0;
  private readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  /** Members up to `end`, which is read, or up to the end of the file. */
  body(end: '}' | undefined): Body {
    const members: Member[] = [];
    for (;;) {
      this.skipSpace('lines too');
      if (this.at >= this.source.length) {
        if (end !== undefined) throw this.fault(`expected "${end}"`);
        return members;
      }
      if (this.source[this.at] === end) {
        this.at += 1;
        return members;
      }
      members.push(this.member());
    }
  }

  private member(): Member {
    const line = this.line();
    const name = this.match(IDENTIFIER);
    if (name === undefined) throw this.fault('expected the name of an argument or a block');
    this.skipSpace('in the line');
    if (this.source[this.at] === '=' && this.source[this.at + 1] !== '=') {
      this.at += 1;
      const expression = withoutComments(this.expression()).trim();
      return { name, labels: [], line, body: undefined, text: literalText(expression), expression };
    }
    return { name, labels: this.labels(), line, body: this.body('}'), text: undefined, expression: '' };
  }

  /** Up to the brace that opens the block, which is read. */
  private labels(): readonly string[] {
    const labels: string[] = [];
    for (;;) {
      this.skipSpace('in the line');
      const char = this.source[this.at];
      if (char === '{') {
        this.at += 1;
        return labels;
      }
      const start = this.at;
      if (char === '"') {
        this.skipQuoted();
        labels.push(this.source.slice(start + 1, this.at - 1));
      } else {
        const label = this.match(IDENTIFIER);
        if (label === undefined) throw this.fault('expected "{" or a label of the block');
        labels.push(label);
      }
    }
  }

  /** Up to the end of the line, or to the brace that closes a block in one line. */
  private expression(): string {
    const start = this.at;
    this.skipExpression((char) => char === '\n' || char === '}');
    return this.source.slice(start, this.at);
  }

  private skipExpression(ends: (char: string) => boolean): void {
    while (this.at < this.source.length) {
      const char = this.source[this.at] ?? '';
      if (ends(char)) return;
      if (this.skipComment() || this.match(HEREDOC, (tag) => this.skipHeredoc(tag)) !== undefined) continue;
      if (char === '"') this.skipQuoted();
      else if (closing[char] !== undefined) this.skipBracketed(closing[char]);
      else this.at += 1;
    }
  }

  /** From an opening bracket to behind the one that closes it; inside, lines do not end anything. */
  private skipBracketed(close: string): void {
    const opened = this.at;
    this.at += 1;
    this.skipExpression((char) => char === close);
    if (this.at >= this.source.length) throw this.fault(`expected "${close}"`, opened);
    this.at += 1;
  }

  /** A quoted template: `${` begins an expression, `$${` does not. */
  private skipQuoted(): void {
    const opened = this.at;
    this.at += 1;
    while (this.source[this.at] !== '"') {
      if (this.at >= this.source.length || this.source[this.at] === '\n') throw this.fault('expected "', opened);
      this.skipTemplatePart();
    }
    this.at += 1;
  }

  private skipTemplatePart(): void {
    const two = this.source.slice(this.at, this.at + 2);
    if (two[0] === '\\' || two === '$$' || two === '%%') this.at += 2;
    else if (two === '${' || two === '%{') {
      this.at += 1;
      this.skipBracketed('}');
    } else this.at += 1;
  }

  /** Lines up to the one that has the tag alone. */
  private skipHeredoc(tag: string): void {
    const end = new RegExp(`^[ \\t]*${tag}[ \\t]*\\r?$`, 'my');
    while (this.at < this.source.length) {
      end.lastIndex = this.at;
      const newline = this.source.indexOf('\n', this.at);
      const next = newline < 0 ? this.source.length : newline;
      if (end.test(this.source)) {
        this.at = next;
        return;
      }
      this.at = next + 1;
    }
    throw this.fault(`expected ${tag}`);
  }

  private skipSpace(how: 'lines too' | 'in the line'): void {
    const space = how === 'lines too' ? /\s/ : /[ \t\r]/;
    while (this.at < this.source.length) {
      if (space.test(this.source[this.at] ?? '')) this.at += 1;
      else if (!this.skipComment()) return;
    }
  }

  private skipComment(): boolean {
    const two = this.source.slice(this.at, this.at + 2);
    if (two[0] !== '#' && two !== '//' && two !== '/*') return false;
    const end = this.source.indexOf(two === '/*' ? '*/' : '\n', this.at + (two === '/*' ? 2 : 0));
    if (two === '/*' && end < 0) throw this.fault('expected */');
    this.at = end < 0 ? this.source.length : end + (two === '/*' ? 2 : 0);
    return true;
  }

  /** The text that the pattern finds here; its group, where it has one, goes to `then`. */
  private match(pattern: RegExp, then?: (group: string) => void): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source);
    if (found === null) return undefined;
    this.at = pattern.lastIndex;
    then?.(found[1] ?? '');
    return found[0];
  }

  /** Counted on from the member before. */
  private line(): number {
    for (; this.counted < this.at; this.counted += 1) if (this.source[this.counted] === '\n') this.lines += 1;
    return this.lines;
  }

  private fault(what: string, at = this.at): UnreadableFile {
    return new UnreadableFile(`line ${this.source.slice(0, at).split('\n').length}: ${what}`);
  }
}

function withoutComments(expression: string): string {
  return expression.replace(/"(?:[^"\\]|\\.)*"|#.*|\/\/.*|\/\*[\s\S]*?\*\//g, (part) =>
    part.startsWith('"') ? part : '',
  );
}

/** The text of `"…" without templates and escapes. */
export function literalText(expression: string): string | undefined {
  return /^"([^"\\$%]*)"$/.exec(expression)?.[1];
}
