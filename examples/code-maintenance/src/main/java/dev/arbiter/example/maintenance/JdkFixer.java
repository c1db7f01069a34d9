/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParameterizedTypeTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreeScanner;
import dev.arbiter.example.maintenance.JavaFile.CompileError;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.lang.model.element.Modifier;
import org.jspecify.annotations.Nullable;

/**
 * A fixer that uses only the JDK. It edits every place that the syntax allows, compiles the file,
 * and takes back each edit that the compiler refuses.
 */
final class JdkFixer implements Tool {
  private static final int ROUNDS = 4;

  private final Compiler compiler;

  JdkFixer(Compiler compiler) {
    this.compiler = compiler;
  }

  @Override
  public String apply(ChoreType type, String path, String source) throws NoRuleException {
    return switch (type) {
      case EXPLICIT_TYPES -> settle(path, source, compiler.with(path, source, JdkFixer::diamonds));
      case MISSING_OVERRIDE ->
          settle(path, source, compiler.with(path, source, JdkFixer::overrides));
      default -> throw new NoRuleException("the JDK fixer", type);
    };
  }

  /** Takes edits back until the compiler finds nothing that it did not find before. */
  private String settle(String path, String source, Edits edits) {
    if (edits.size() == 0) {
      return source;
    }
    Set<String> before = new HashSet<>();
    compiler.errors(path, source).forEach(error -> before.add(error.what()));
    for (int round = 0; round < ROUNDS; round++) {
      String edited = edits.apply();
      List<CompileError> fresh =
          compiler.errors(path, edited).stream()
              .filter(error -> !before.contains(error.what()))
              .toList();
      if (fresh.isEmpty()) {
        return edited;
      }
      // From the last place to the first: taking one edit back moves only the text after it.
      fresh.stream()
          .sorted((a, b) -> Long.compare(b.offset(), a.offset()))
          .forEach(error -> edits.takeBack(error.offset()));
    }
    return source;
  }

  private static Edits diamonds(JavaFile file) {
    Edits edits = new Edits(file.text());
    new TreeScanner<@Nullable Void, @Nullable Void>() {
      @Override
      public @Nullable Void visitVariable(VariableTree tree, @Nullable Void unused) {
        if (tree.getInitializer() instanceof NewClassTree made
            && made.getClassBody() == null
            && made.getIdentifier() instanceof ParameterizedTypeTree type
            && !type.getTypeArguments().isEmpty()) {
          edits.replace(file.end(type.getType()), file.end(type), "<>");
        }
        return super.visitVariable(tree, null);
      }
    }.scan(file.tree(), null);
    return edits;
  }

  private static Edits overrides(JavaFile file) {
    Edits edits = new Edits(file.text());
    new TreeScanner<@Nullable Void, @Nullable Void>() {
      @Override
      public @Nullable Void visitMethod(MethodTree tree, @Nullable Void unused) {
        Set<Modifier> modifiers = tree.getModifiers().getFlags();
        boolean may =
            tree.getReturnType() != null
                && !modifiers.contains(Modifier.STATIC)
                && !modifiers.contains(Modifier.PRIVATE)
                && tree.getModifiers().getAnnotations().stream()
                    .noneMatch(at -> at.getAnnotationType().toString().equals("Override"));
        int start = file.start(tree);
        if (may && start >= 0 && file.beginsLine(start)) {
          String indent = file.text().substring(start - file.column(start), start);
          edits.replace(start, start, "@Override\n" + indent);
        }
        return super.visitMethod(tree, null);
      }
    }.scan(file.tree(), null);
    return edits;
  }
}
