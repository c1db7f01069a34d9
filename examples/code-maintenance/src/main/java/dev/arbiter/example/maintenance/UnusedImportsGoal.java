/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.ReferenceTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTreeScanner;
import com.sun.source.util.DocTrees;
import com.sun.source.util.TreePathScanner;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Every import is referred to by name, in the code or in a documentation comment. */
final class UnusedImportsGoal implements Goal {
  @Override
  public List<String> misses(JavaFile file) {
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
    DocTrees docs = file.docs();
    new TreePathScanner<@Nullable Void, @Nullable Void>() {
      @Override
      public @Nullable Void visitClass(ClassTree tree, @Nullable Void unused) {
        addReferences(docs.getDocCommentTree(getCurrentPath()), names);
        return super.visitClass(tree, null);
      }

      @Override
      public @Nullable Void visitMethod(MethodTree tree, @Nullable Void unused) {
        addReferences(docs.getDocCommentTree(getCurrentPath()), names);
        return super.visitMethod(tree, null);
      }

      @Override
      public @Nullable Void visitVariable(VariableTree tree, @Nullable Void unused) {
        addReferences(docs.getDocCommentTree(getCurrentPath()), names);
        return super.visitVariable(tree, null);
      }

      @Override
      public @Nullable Void visitImport(ImportTree tree, @Nullable Void unused) {
        return null;
      }

      @Override
      public @Nullable Void visitIdentifier(IdentifierTree tree, @Nullable Void unused) {
        names.add(tree.getName().toString());
        return null;
      }
    }.scan(file.tree(), null);
    return names;
  }

  private static void addReferences(@Nullable DocCommentTree comment, Set<String> names) {
    if (comment == null) {
      return;
    }
    new DocTreeScanner<@Nullable Void, @Nullable Void>() {
      @Override
      public @Nullable Void visitReference(ReferenceTree tree, @Nullable Void unused) {
        for (String word : tree.getSignature().split("\\W+", -1)) {
          names.add(word);
        }
        return null;
      }
    }.scan(comment, null);
  }
}
