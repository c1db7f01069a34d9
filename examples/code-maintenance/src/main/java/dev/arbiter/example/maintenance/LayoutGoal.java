/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Facts of a layout that can be checked without a formatter: the width of lines, blanks, and the
 * places where members, statements and bodies begin.
 *
 * <p>An import, a package clause and a line without a place to break it may be longer.
 */
final class LayoutGoal implements Goal {
  private final int unit;
  private final int columns;

  private LayoutGoal(int unit, int columns) {
    this.unit = unit;
    this.columns = columns;
  }

  /** Two spaces, 100 columns. */
  static Goal google() {
    return new LayoutGoal(2, 100);
  }

  /** Four spaces, 120 columns. */
  static Goal wide() {
    return new LayoutGoal(4, 120);
  }

  @Override
  public List<String> misses(JavaFile file) {
    List<String> misses = new ArrayList<>(Goals.cleanWhitespace(file));
    longLines(file, misses);
    if (!file.text().endsWith("\n") || file.text().endsWith("\n\n")) {
      misses.add("the file must end with one line break");
    }
    new Places(file, misses).scan(file.tree(), null);
    return misses;
  }

  private void longLines(JavaFile file, List<String> misses) {
    String[] lines = file.lines();
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i];
      if (line.codePointCount(0, line.length()) > columns && canBreak(line.strip())) {
        misses.add(String.format("line %d: %d columns", i + 1, line.length()));
      }
    }
  }

  private static boolean canBreak(String words) {
    if (words.startsWith("import ") || words.startsWith("package ")) {
      return false;
    }
    String unmarked = words.startsWith("*") || words.startsWith("//") ? words.substring(2) : words;
    return unmarked.strip().indexOf(' ') >= 0;
  }

  /** Checks where members and statements begin. */
  private final class Places extends TreeScanner<@Nullable Void, @Nullable Void> {
    private final JavaFile file;
    private final List<String> misses;

    Places(JavaFile file, List<String> misses) {
      this.file = file;
      this.misses = misses;
    }

    @Override
    public @Nullable Void visitClass(ClassTree tree, @Nullable Void unused) {
      int start = file.start(tree);
      if (start >= 0 && file.beginsLine(start)) {
        for (Tree member : tree.getMembers()) {
          inside(start, member, "member");
        }
      }
      return super.visitClass(tree, null);
    }

    @Override
    public @Nullable Void visitMethod(MethodTree tree, @Nullable Void unused) {
      int start = file.start(tree);
      BlockTree body = tree.getBody();
      if (start >= 0 && body != null && file.beginsLine(start) && file.start(body) > start) {
        if (file.beginsLine(file.start(body))) {
          misses.add(file.at(file.start(body), "brace on a line of its own"));
        }
        for (Tree statement : body.getStatements()) {
          inside(start, statement, "statement");
        }
      }
      return super.visitMethod(tree, null);
    }

    private void inside(int outer, Tree inner, String what) {
      int start = file.start(inner);
      if (start > outer
          && file.beginsLine(start)
          && file.column(start) != file.column(outer) + unit) {
        misses.add(
            file.at(start, what + " at column " + file.column(start) + ", not inside by " + unit));
      }
    }
  }
}
