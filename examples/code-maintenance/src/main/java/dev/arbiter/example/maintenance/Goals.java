/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import com.sun.source.doctree.ReferenceTree;
import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.DoWhileLoopTree;
import com.sun.source.tree.EnhancedForLoopTree;
import com.sun.source.tree.ForLoopTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.IfTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParameterizedTypeTree;
import com.sun.source.tree.StatementTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.tree.WhileLoopTree;
import com.sun.source.util.DocTreeScanner;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Types;
import org.jspecify.annotations.Nullable;

/** The goals of the small chores, each as a {@link Goal}. */
final class Goals {
  private Goals() {}

  /** No tab, and no blank before the end of a line. */
  static List<String> cleanWhitespace(JavaFile file) {
    List<String> misses = new ArrayList<>();
    String[] lines = file.lines();
    for (int i = 0; i < lines.length; i++) {
      if (lines[i].indexOf('\t') >= 0) {
        misses.add("line " + (i + 1) + ": tab");
      }
      if (lines[i].endsWith(" ") || lines[i].endsWith("\t")) {
        misses.add("line " + (i + 1) + ": blanks at the end");
      }
    }
    return misses;
  }

  /** The code or a documentation comment refers to every import by name. */
  static List<String> usedImports(JavaFile file) {
    Set<String> used = namesUsed(file);
    List<String> misses = new ArrayList<>();
    for (ImportTree tree : file.tree().getImports()) {
      String name = ((MemberSelectTree) tree.getQualifiedIdentifier()).getIdentifier().toString();
      if (!name.equals("*") && !used.contains(name)) {
        misses.add(file.at(file.start(tree), "nothing refers to " + name));
      }
    }
    return misses;
  }

  private static Set<String> namesUsed(JavaFile file) {
    Set<String> names = new HashSet<>();
    new TreePathScanner<@Nullable Void, @Nullable Void>() {
      @Override
      public @Nullable Void scan(@Nullable Tree tree, @Nullable Void unused) {
        if (tree instanceof ClassTree
            || tree instanceof MethodTree
            || tree instanceof VariableTree) {
          addReferences(file, new TreePath(getCurrentPath(), tree), names);
        }
        return tree instanceof ImportTree ? null : super.scan(tree, null);
      }

      @Override
      public @Nullable Void visitIdentifier(IdentifierTree tree, @Nullable Void unused) {
        names.add(tree.getName().toString());
        return null;
      }
    }.scan(file.tree(), null);
    return names;
  }

  private static void addReferences(JavaFile file, TreePath place, Set<String> names) {
    new DocTreeScanner<@Nullable Void, @Nullable Void>() {
      @Override
      public @Nullable Void visitReference(ReferenceTree tree, @Nullable Void unused) {
        names.addAll(List.of(tree.getSignature().split("\\W+", -1)));
        return null;
      }
    }.scan(file.docs().getDocCommentTree(place), null);
  }

  /** Every body of if, else, for, while and do is a block; {@code else if} is one body. */
  static List<String> braces(JavaFile file) {
    List<String> misses = new ArrayList<>();
    new TreeScanner<@Nullable Void, @Nullable Void>() {
      @Override
      public @Nullable Void scan(@Nullable Tree tree, @Nullable Void unused) {
        for (StatementTree body : bodies(tree)) {
          if (!(body instanceof BlockTree)) {
            misses.add(file.at(file.start(body), "body without braces"));
          }
        }
        return super.scan(tree, null);
      }
    }.scan(file.tree(), null);
    return misses;
  }

  private static List<StatementTree> bodies(@Nullable Tree tree) {
    if (tree instanceof IfTree branch) {
      StatementTree otherwise = branch.getElseStatement();
      return otherwise == null || otherwise instanceof IfTree
          ? List.of(branch.getThenStatement())
          : List.of(branch.getThenStatement(), otherwise);
    } else if (tree instanceof ForLoopTree loop) {
      return List.of(loop.getStatement());
    } else if (tree instanceof EnhancedForLoopTree loop) {
      return List.of(loop.getStatement());
    } else if (tree instanceof WhileLoopTree loop) {
      return List.of(loop.getStatement());
    } else if (tree instanceof DoWhileLoopTree loop) {
      return List.of(loop.getStatement());
    }
    return List.of();
  }

  /** No variable is initialised with type arguments that only repeat its declaration. */
  static List<String> diamonds(JavaFile file) {
    List<String> misses = new ArrayList<>();
    new TreeScanner<@Nullable Void, @Nullable Void>() {
      @Override
      public @Nullable Void visitVariable(VariableTree tree, @Nullable Void unused) {
        if (tree.getType() instanceof ParameterizedTypeTree declared
            && tree.getInitializer() instanceof NewClassTree made
            && made.getClassBody() == null
            && made.getIdentifier() instanceof ParameterizedTypeTree created
            && !created.getTypeArguments().isEmpty()
            && created
                .getTypeArguments()
                .toString()
                .equals(declared.getTypeArguments().toString())) {
          misses.add(file.at(file.start(created), "explicit " + created));
        }
        return super.visitVariable(tree, null);
      }
    }.scan(file.tree(), null);
    return misses;
  }

  /** Every method that overrides or implements another says so. The compiler's types decide. */
  static List<String> overrides(JavaFile file) {
    file.errors();
    List<String> misses = new ArrayList<>();
    new TreePathScanner<@Nullable Void, @Nullable Void>() {
      @Override
      public @Nullable Void visitMethod(MethodTree tree, @Nullable Void unused) {
        if (file.docs().getElement(getCurrentPath()) instanceof ExecutableElement method
            && method.getAnnotation(Override.class) == null
            && overridesAny(method, file)) {
          misses.add(file.at(file.start(tree), tree.getName() + "() without @Override"));
        }
        return super.visitMethod(tree, null);
      }
    }.scan(file.tree(), null);
    return misses;
  }

  private static boolean overridesAny(ExecutableElement method, JavaFile file) {
    if (method.getModifiers().contains(Modifier.STATIC)
        || method.getModifiers().contains(Modifier.PRIVATE)
        || !(method.getEnclosingElement() instanceof TypeElement owner)) {
      return false;
    }
    Types types = file.task().getTypes();
    List<TypeMirror> above = new ArrayList<>(types.directSupertypes(owner.asType()));
    for (int i = 0; i < above.size(); i++) {
      TypeElement type = (TypeElement) ((DeclaredType) above.get(i)).asElement();
      for (ExecutableElement other : ElementFilter.methodsIn(type.getEnclosedElements())) {
        if (other.getSimpleName().equals(method.getSimpleName())
            && file.task().getElements().overrides(method, other, owner)) {
          return true;
        }
      }
      above.addAll(types.directSupertypes(above.get(i)));
    }
    return false;
  }
}
