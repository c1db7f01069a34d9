/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import com.sun.source.tree.BlockTree;
import com.sun.source.tree.DoWhileLoopTree;
import com.sun.source.tree.EnhancedForLoopTree;
import com.sun.source.tree.ForLoopTree;
import com.sun.source.tree.IfTree;
import com.sun.source.tree.StatementTree;
import com.sun.source.tree.WhileLoopTree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every body of if, else, for, while and do is a block; {@code else if} is one body. */
final class BracesGoal implements Goal {
  @Override
  public List<String> misses(JavaFile file) {
    List<String> misses = new ArrayList<>();
    new TreeScanner<@Nullable Void, @Nullable Void>() {
      @Override
      public @Nullable Void visitIf(IfTree tree, @Nullable Void unused) {
        check(tree.getThenStatement());
        StatementTree otherwise = tree.getElseStatement();
        if (otherwise != null && !(otherwise instanceof IfTree)) {
          check(otherwise);
        }
        return super.visitIf(tree, null);
      }

      @Override
      public @Nullable Void visitForLoop(ForLoopTree tree, @Nullable Void unused) {
        check(tree.getStatement());
        return super.visitForLoop(tree, null);
      }

      @Override
      public @Nullable Void visitEnhancedForLoop(EnhancedForLoopTree tree, @Nullable Void unused) {
        check(tree.getStatement());
        return super.visitEnhancedForLoop(tree, null);
      }

      @Override
      public @Nullable Void visitWhileLoop(WhileLoopTree tree, @Nullable Void unused) {
        check(tree.getStatement());
        return super.visitWhileLoop(tree, null);
      }

      @Override
      public @Nullable Void visitDoWhileLoop(DoWhileLoopTree tree, @Nullable Void unused) {
        check(tree.getStatement());
        return super.visitDoWhileLoop(tree, null);
      }

      private void check(StatementTree body) {
        if (!(body instanceof BlockTree)) {
          misses.add(file.at(file.start(body), "body without braces"));
        }
      }
    }.scan(file.tree(), null);
    return misses;
  }
}
