/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.checks;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Writes the public API of each library as a small jar, for japicmp to compare the next build with.
 *
 * <p>A baseline holds the public and protected types of the packages that the module exports to
 * all, and their public and protected members, without code. A supertype of such a type is kept
 * too, since its members are inherited. Equal input gives equal content.
 */
public final class ApiBaseline {
  private static final List<String> LIBRARIES =
      List.of(
          "arbiter-core",
          "arbiter-routing",
          "arbiter-arbitration",
          "arbiter-caws",
          "arbiter-tracker",
          "arbiter-tck",
          "arbiter-sqlite",
          "arbiter-jdbc");
  private static final int VISIBLE = Opcodes.ACC_PUBLIC | Opcodes.ACC_PROTECTED;
  private static final LocalDateTime FIXED = LocalDateTime.of(2026, 1, 1, 0, 0);
  private static final String CLASS = ".class";

  private ApiBaseline() {}

  /**
   * Writes the baseline of every library into {@code .mvn/api}.
   *
   * @param args top folder of the checkout, and the version of its jars
   * @throws IOException if a jar cannot be read or a baseline cannot be written
   */
  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]);
    for (String library : LIBRARIES) {
      Path integration = root.resolve("integrations");
      Path folder = Files.isDirectory(integration.resolve(library)) ? integration : root;
      Path jar = folder.resolve(library + "/target/" + library + "-" + args[1] + ".jar");
      Path baseline = root.resolve(".mvn/api/" + library + ".jar");
      System.out.println(baseline + ": " + write(jar, baseline) + " types");
    }
  }

  /**
   * Writes the baseline of one modular jar.
   *
   * @param jar has a module-info
   * @param baseline is replaced; its folder is made
   * @return the number of types in the baseline
   */
  static int write(Path jar, Path baseline) throws IOException {
    Map<String, ClassReader> kept = visible(jar);
    Files.createDirectories(baseline.toAbsolutePath().getParent());
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(baseline))) {
      for (Map.Entry<String, ClassReader> type : kept.entrySet()) {
        ZipEntry entry = new ZipEntry(type.getKey() + CLASS);
        entry.setTimeLocal(FIXED);
        out.putNextEntry(entry);
        out.write(signatures(type.getValue()));
        out.closeEntry();
      }
    }
    return kept.size();
  }

  private static Map<String, ClassReader> visible(Path jar) throws IOException {
    Map<String, ClassReader> all = new TreeMap<>();
    Set<String> exported;
    try (JarFile file = new JarFile(jar.toFile())) {
      try (InputStream in = file.getInputStream(new JarEntry("module-info.class"))) {
        exported =
            ModuleDescriptor.read(in).exports().stream()
                .filter(export -> !export.isQualified())
                .map(export -> export.source().replace('.', '/'))
                .collect(Collectors.toSet());
      }
      for (JarEntry entry : file.stream().filter(ApiBaseline::isType).toList()) {
        try (InputStream in = file.getInputStream(entry)) {
          ClassReader type = new ClassReader(in);
          all.put(type.getClassName(), type);
        }
      }
    }
    Deque<String> open = new ArrayDeque<>();
    all.forEach(
        (name, type) -> {
          if (exported.contains(packageOf(name)) && isVisible(type, all)) {
            open.add(name);
          }
        });
    Map<String, ClassReader> kept = new TreeMap<>();
    while (!open.isEmpty()) {
      String name = open.remove();
      ClassReader type = all.get(name);
      if (type != null && kept.put(name, type) == null) {
        open.add(type.getSuperName());
        open.addAll(List.of(type.getInterfaces()));
      }
    }
    return kept;
  }

  private static boolean isType(JarEntry entry) {
    return entry.getName().endsWith(CLASS) && !entry.getName().endsWith("-info.class");
  }

  private static String packageOf(String name) {
    return name.substring(0, name.lastIndexOf('/'));
  }

  /* A nested type has its real access in the InnerClasses attribute, and so has its owner. */
  private static boolean isVisible(ClassReader type, Map<String, ClassReader> all) {
    boolean[] visible = {(type.getAccess() & VISIBLE) != 0};
    type.accept(
        new ClassVisitor(Opcodes.ASM9) {
          @Override
          public void visitInnerClass(
              String nested, @Nullable String owner, @Nullable String simple, int access) {
            if (nested.equals(type.getClassName())) {
              ClassReader around = owner == null ? null : all.get(owner);
              visible[0] = around != null && (access & VISIBLE) != 0 && isVisible(around, all);
            }
          }
        },
        ClassReader.SKIP_CODE);
    return visible[0];
  }

  private static byte[] signatures(ClassReader type) {
    ClassWriter writer = new ClassWriter(0);
    type.accept(
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public @Nullable FieldVisitor visitField(
              int access, String name, String descriptor, String signature, Object value) {
            return isApi(access)
                ? super.visitField(access, name, descriptor, signature, value)
                : null;
          }

          @Override
          public @Nullable MethodVisitor visitMethod(
              int access, String name, String descriptor, String signature, String[] thrown) {
            return isApi(access)
                ? super.visitMethod(access, name, descriptor, signature, thrown)
                : null;
          }

          @Override
          public void visitNestMember(String nested) {}
        },
        ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    return writer.toByteArray();
  }

  private static boolean isApi(int access) {
    return (access & VISIBLE) != 0 && (access & Opcodes.ACC_SYNTHETIC) == 0;
  }
}
