/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.spi.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

class ApiBaselineTest {
  private static final String MODULE = "module m { exports open; exports shared to other; }";
  private static final String FACE =
      """
      package open;
      public class Face extends Base {
        public static final int LIMIT = 7;
        int inner;
        protected void inherit() {}
        private void hide() {}
        public record Part(int size) {}
        record Own(int size) {
          public enum Deep { A }
        }
      }
      class Base { public void greet() { System.out.println("hello"); } }
      class Alone {}
      """;

  @TempDir private Path dir;

  private static void tool(String name, String... args) {
    assertThat(ToolProvider.findFirst(name).orElseThrow().run(System.out, System.err, args))
        .isZero();
  }

  private Path jar(String face) throws IOException {
    List<String> args = new ArrayList<>(List.of("-proc:none", "-Xlint:none", "-d"));
    Path classes = dir.resolve("classes");
    args.add(classes.toString());
    Map<String, String> sources =
        Map.of(
            "module-info",
            MODULE,
            "open/Face",
            face,
            "shared/Shared",
            "package shared; public class Shared {}",
            "hidden/Hidden",
            "package hidden; public class Hidden {}");
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = dir.resolve("src").resolve(source.getKey() + ".java");
      Files.createDirectories(file.getParent());
      args.add(Files.writeString(file, source.getValue()).toString());
    }
    tool("javac", args.toArray(String[]::new));
    Path jar = dir.resolve("m.jar");
    tool("jar", "--create", "--file", jar.toString(), "-C", classes.toString(), ".");
    return jar;
  }

  private Map<String, List<String>> baseline(String face) throws IOException {
    Path baseline = dir.resolve("api/m.jar");
    int types = ApiBaseline.write(jar(face), baseline);
    Map<String, List<String>> members = new TreeMap<>();
    try (JarFile file = new JarFile(baseline.toFile())) {
      for (JarEntry entry : file.stream().toList()) {
        ClassReader type = new ClassReader(file.getInputStream(entry));
        members.put(type.getClassName(), members(type));
      }
    }
    assertThat(members).hasSize(types);
    return members;
  }

  private static List<String> members(ClassReader type) {
    List<String> names = new ArrayList<>();
    type.accept(
        new ClassVisitor(Opcodes.ASM9) {
          @Override
          public @Nullable FieldVisitor visitField(
              int access, String name, String descriptor, String signature, Object value) {
            names.add(name + "=" + value);
            return null;
          }

          @Override
          public MethodVisitor visitMethod(
              int access, String name, String descriptor, String signature, String[] thrown) {
            names.add(name);
            return new MethodVisitor(Opcodes.ASM9) {
              @Override
              public void visitCode() {
                names.add(name + " has code");
              }
            };
          }
        },
        0);
    return names;
  }

  @Test
  void keeps_visible_types_of_exported_packages_and_their_supertypes() throws Exception {
    Map<String, List<String>> baseline = baseline(FACE);

    assertThat(baseline).containsOnlyKeys("open/Base", "open/Face", "open/Face$Part");
    assertThat(baseline.get("open/Face")).containsExactly("LIMIT=7", "<init>", "inherit");
    assertThat(baseline.get("open/Base")).containsExactly("greet");
  }

  @Test
  void an_internal_change_leaves_the_file_as_it_is() throws Exception {
    baseline(FACE);
    byte[] before = Files.readAllBytes(dir.resolve("api/m.jar"));

    baseline(
        FACE.replace("hello", "goodbye")
            .replace("void hide()", "int hide(int a, int b)")
            .replace("hide(int a, int b) {}", "hide(int a, int b) { return a + b; }"));

    assertThat(Files.readAllBytes(dir.resolve("api/m.jar"))).isEqualTo(before);
  }
}
