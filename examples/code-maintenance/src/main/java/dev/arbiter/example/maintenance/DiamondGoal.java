/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParameterizedTypeTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** No variable is initialised with type arguments that only repeat its declaration. */
final class DiamondGoal implements Goal {
  @Override
  public List<String> misses(JavaFile file) {
    List<String> misses = new ArrayList<>();
    new TreeScanner<@Nullable Void, @Nullable Void>() {
      @Override
      public @Nullable Void visitVariable(VariableTree tree, @Nullable Void unused) {
        if (tree.getType() instanceof ParameterizedTypeTree declared
            && created(tree.getInitializer()) instanceof ParameterizedTypeTree created
            && repeats(declared, created)) {
          misses.add(file.at(file.start(created), "explicit " + created));
        }
        return super.visitVariable(tree, null);
      }
    }.scan(file.tree(), null);
    return misses;
  }

  private static @Nullable Tree created(@Nullable ExpressionTree initializer) {
    return initializer instanceof NewClassTree made && made.getClassBody() == null
        ? made.getIdentifier()
        : null;
  }

  private static boolean repeats(ParameterizedTypeTree declared, ParameterizedTypeTree created) {
    return !created.getTypeArguments().isEmpty()
        && created.getTypeArguments().toString().equals(declared.getTypeArguments().toString());
  }
}
