/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;

/**
 * One Java file as the compiler sees it: its text, its syntax tree, and on demand its types.
 *
 * <p>Not thread-safe. {@link #errors} attributes types at its first call.
 */
final class JavaFile {
  private final JavacTask task;
  private final DiagnosticCollector<JavaFileObject> diagnostics;
  private final String path;
  private final String text;
  private final String[] lines;
  private final CompilationUnitTree tree;
  private final boolean parsed;
  private boolean analysed;

  /**
   * One error of the compiler.
   *
   * @param offset place in the text, from 0; -1 if unknown
   * @param code the compiler's name for it
   * @param message for a reader
   */
  record CompileError(long offset, String code, String message) {
    /** {@return the message's first line, without the place, to tell old errors from new ones} */
    String what() {
      return message.lines().findFirst().orElse(code);
    }
  }

  JavaFile(
      JavacTask task, DiagnosticCollector<JavaFileObject> diagnostics, String path, String text) {
    this.task = task;
    this.diagnostics = diagnostics;
    this.path = path;
    this.text = text;
    this.lines = text.split("\n", -1);
    try {
      tree = task.parse().iterator().next();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    parsed =
        diagnostics.getDiagnostics().stream()
            .noneMatch(found -> found.getKind() == Diagnostic.Kind.ERROR);
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
    return tree;
  }

  JavacTask task() {
    return task;
  }

  DocTrees docs() {
    return DocTrees.instance(task);
  }

  /** Where a tree begins in the text, -1 for a tree that the compiler added. */
  int start(Tree tree) {
    return (int) docs().getSourcePositions().getStartPosition(this.tree, tree);
  }

  /** Where a tree ends in the text, -1 for a tree that the compiler added. */
  int end(Tree tree) {
    return (int) docs().getSourcePositions().getEndPosition(this.tree, tree);
  }

  /** The line of a place in the text, from 1. */
  int line(int offset) {
    return (int) tree.getLineMap().getLineNumber(offset);
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

  /** Tells whether the syntax is right; types may be missing all the same. */
  boolean parses() {
    return parsed;
  }

  /** Attributes types and returns the compiler's errors. */
  List<CompileError> errors() {
    if (!analysed) {
      analysed = true;
      try {
        task.analyze();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (RuntimeException brokenBeyondAnalysis) {
        return List.of(new CompileError(-1, "crash", "javac gave up: " + brokenBeyondAnalysis));
      }
    }
    return diagnostics.getDiagnostics().stream()
        .filter(found -> found.getKind() == Diagnostic.Kind.ERROR)
        .map(
            found ->
                new CompileError(
                    found.getPosition(), found.getCode(), found.getMessage(Locale.ROOT)))
        .toList();
  }
}
