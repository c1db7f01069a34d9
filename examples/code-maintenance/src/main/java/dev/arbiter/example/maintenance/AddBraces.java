/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import java.util.List;
import org.openrewrite.ExecutionContext;
import org.openrewrite.Tree;
import org.openrewrite.java.JavaIsoVisitor;
import org.openrewrite.java.tree.J;
import org.openrewrite.java.tree.JRightPadded;
import org.openrewrite.java.tree.Space;
import org.openrewrite.java.tree.Statement;
import org.openrewrite.marker.Markers;

/** Puts braces around each body of an if, an else or a loop without them; moves nothing else. */
final class AddBraces extends JavaIsoVisitor<ExecutionContext> {
  private static final int UNIT = 4;

  @Override
  public J.If visitIf(J.If tree, ExecutionContext context) {
    J.If visited = super.visitIf(tree, context);
    return visited.withThenPart(block(visited.getThenPart()));
  }

  @Override
  public J.If.Else visitElse(J.If.Else tree, ExecutionContext context) {
    J.If.Else visited = super.visitElse(tree, context);
    return visited.getBody() instanceof J.If ? visited : visited.withBody(block(visited.getBody()));
  }

  @Override
  public J.ForLoop visitForLoop(J.ForLoop tree, ExecutionContext context) {
    J.ForLoop visited = super.visitForLoop(tree, context);
    return visited.withBody(block(visited.getBody()));
  }

  @Override
  public J.ForEachLoop visitForEachLoop(J.ForEachLoop tree, ExecutionContext context) {
    J.ForEachLoop visited = super.visitForEachLoop(tree, context);
    return visited.withBody(block(visited.getBody()));
  }

  @Override
  public J.WhileLoop visitWhileLoop(J.WhileLoop tree, ExecutionContext context) {
    J.WhileLoop visited = super.visitWhileLoop(tree, context);
    return visited.withBody(block(visited.getBody()));
  }

  private static Statement block(Statement body) {
    if (body instanceof J.Block) {
      return body;
    }
    String indent = body.getPrefix().getIndent();
    String outer = indent.substring(0, Math.max(0, indent.length() - UNIT));
    return new J.Block(
        Tree.randomId(),
        Space.SINGLE_SPACE,
        Markers.EMPTY,
        JRightPadded.build(false),
        List.of(JRightPadded.build(body)),
        Space.format("\n" + outer));
  }
}
