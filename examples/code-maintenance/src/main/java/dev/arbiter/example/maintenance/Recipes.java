/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openrewrite.ExecutionContext;
import org.openrewrite.InMemoryExecutionContext;
import org.openrewrite.SourceFile;
import org.openrewrite.Tree;
import org.openrewrite.TreeVisitor;
import org.openrewrite.java.JavaParser;
import org.openrewrite.java.RemoveUnusedImports;
import org.openrewrite.java.format.AutoFormat;
import org.openrewrite.java.format.NormalizeTabsOrSpaces;
import org.openrewrite.java.format.RemoveTrailingWhitespace;
import org.openrewrite.java.tree.J;

/**
 * OpenRewrite: its Apache-2.0 recipes for imports, blanks and layout, and {@link AddBraces} of our
 * own.
 *
 * <p>Opening a parser costs half a second, so there is one, reset between files. So only one file
 * is processed at a time.
 */
final class Recipes implements Tool {
  private final JavaParser parser;

  /**
   * Finds the parser that fits the running JDK.
   *
   * @param classPath what the files are compiled against
   */
  Recipes(List<Path> classPath) {
    this.parser =
        JavaParser.fromJavaVersion()
            .classpath(classPath)
            .logCompilationWarningsAndErrors(false)
            .build();
  }

  @Override
  public synchronized String apply(ChoreType type, String path, String source) throws Exception {
    List<TreeVisitor<?, ExecutionContext>> visitors = visitors(type);
    ExecutionContext context =
        new InMemoryExecutionContext(
            error -> {
              throw new IllegalStateException("OpenRewrite failed on " + path, error);
            });
    parser.reset();
    SourceFile parsed = parser.parse(context, source).findFirst().orElseThrow();
    if (!(parsed instanceof J.CompilationUnit)) {
      throw new IllegalStateException("OpenRewrite cannot parse " + path);
    }
    @Nullable Tree tree = parsed;
    for (TreeVisitor<?, ExecutionContext> visitor : visitors) {
      tree = visitor.visit(tree, context);
    }
    if (!(tree instanceof SourceFile changed)) {
      throw new IllegalStateException("OpenRewrite left nothing of " + path);
    }
    return changed.printAll();
  }

  private static List<TreeVisitor<?, ExecutionContext>> visitors(ChoreType type)
      throws NoRuleException {
    return switch (type) {
      case FORMAT_GOOGLE, FORMAT_WIDE -> List.of(new AutoFormat(null).getVisitor());
      case UNUSED_IMPORTS -> List.of(new RemoveUnusedImports().getVisitor());
      case MISSING_BRACES -> List.of(new AddBraces());
      case WHITESPACE ->
          List.of(
              new NormalizeTabsOrSpaces().getVisitor(),
              new RemoveTrailingWhitespace().getVisitor());
      default -> throw new NoRuleException("OpenRewrite", type);
    };
  }
}
