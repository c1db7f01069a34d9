/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import com.sun.source.tree.MethodTree;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;
import org.jspecify.annotations.Nullable;

/** Every method that overrides or implements another says so; asks the compiler's type system. */
final class OverrideGoal implements Goal {
  @Override
  public List<String> misses(JavaFile file) {
    file.errors();
    List<String> misses = new ArrayList<>();
    Trees trees = file.docs();
    Elements elements = file.task().getElements();
    Types types = file.task().getTypes();
    new TreePathScanner<@Nullable Void, @Nullable Void>() {
      @Override
      public @Nullable Void visitMethod(MethodTree tree, @Nullable Void unused) {
        if (trees.getElement(getCurrentPath()) instanceof ExecutableElement method
            && method.getAnnotation(Override.class) == null
            && overridesAny(method, elements, types)) {
          misses.add(file.at(file.start(tree), tree.getName() + "() without @Override"));
        }
        return super.visitMethod(tree, null);
      }
    }.scan(file.tree(), null);
    return misses;
  }

  private static boolean overridesAny(ExecutableElement method, Elements elements, Types types) {
    if (method.getModifiers().contains(Modifier.STATIC)
        || method.getModifiers().contains(Modifier.PRIVATE)
        || !(method.getEnclosingElement() instanceof TypeElement owner)) {
      return false;
    }
    List<TypeMirror> above = new ArrayList<>(types.directSupertypes(owner.asType()));
    for (int i = 0; i < above.size(); i++) {
      Element type = ((DeclaredType) above.get(i)).asElement();
      for (ExecutableElement other : ElementFilter.methodsIn(type.getEnclosedElements())) {
        if (other.getSimpleName().equals(method.getSimpleName())
            && elements.overrides(method, other, owner)) {
          return true;
        }
      }
      above.addAll(types.directSupertypes(above.get(i)));
    }
    return false;
  }
}
