/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import java.util.List;

/**
 * One Java file as the compiler sees it: its text, its syntax tree, and on demand its types.
 *
 * <p>Not thread-safe. The tree is parsed when first asked for, types are attributed when first
 * asked for.
 */
final class JavaFile {
  private final Compiler.Session session;
  private final String path;
  private final String text;
  private final String[] lines;

  JavaFile(Compiler.Session session, String path, String text) {
    this.session = session;
    this.path = path;
    this.text = text;
    this.lines = text.split("\n", -1);
  }

  String path() {
    return path;
  }

  String text() {
    return text;
  }

  /** The lines; the last one is empty when the file ends with a line break. */
  String[] lines() {
    return lines;
  }

  CompilationUnitTree tree() {
    return session.tree();
  }

  JavacTask task() {
    return session.task();
  }

  DocTrees docs() {
    return DocTrees.instance(session.task());
  }

  /** Where a tree begins in the text, -1 for a tree that the compiler added. */
  int start(Tree tree) {
    return (int) docs().getSourcePositions().getStartPosition(tree(), tree);
  }

  /** Where a tree ends in the text, -1 for a tree that the compiler added. */
  int end(Tree tree) {
    return (int) docs().getSourcePositions().getEndPosition(tree(), tree);
  }

  /** The line of a place in the text, from 1. */
  int line(int offset) {
    return (int) tree().getLineMap().getLineNumber(offset);
  }

  /** The column of a place, from 0. */
  int column(int offset) {
    return offset - (text.lastIndexOf('\n', offset - 1) + 1);
  }

  /** Tells whether only blanks precede a place on its line. */
  boolean beginsLine(int offset) {
    return text.substring(offset - column(offset), offset).isBlank();
  }

  /** A message with the line of a place. */
  String at(int offset, String what) {
    return "line " + line(offset) + ": " + what;
  }

  /** Attributes types and returns the compiler's errors. */
  List<CompileError> errors() {
    return session.errors();
  }
}
