/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.architecture;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Makes a jackson-core 2.14 of the one at hand: without the classes that 2.15 brought. */
public final class OldJackson {
  private static final List<String> NEW =
      List.of("StreamReadConstraints", "StreamWriteConstraints", "StreamConstraintsException");
  private static final String VERSION = "com/fasterxml/jackson/core/json/PackageVersion";
  private static final String SOURCE =
      """
      package com.fasterxml.jackson.core.json;
      public final class PackageVersion {
        public static final Object VERSION = "2.14.2";
      }
      """;

  private OldJackson() {}

  /** Writes the jar into a folder. */
  public static Path in(Path folder, Path jacksonCore) throws IOException {
    Path source = folder.resolve("PackageVersion.java");
    Files.writeString(source, SOURCE);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler.run(null, null, null, "-d", folder.toString(), source.toString()) != 0) {
      throw new IOException("cannot compile " + source);
    }
    Path old = folder.resolve("jackson-core-2.14.2.jar");
    try (JarFile jar = new JarFile(jacksonCore.toFile());
        OutputStream file = Files.newOutputStream(old);
        JarOutputStream out = new JarOutputStream(file)) {
      for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
        String name = entry.getName();
        if (entry.isDirectory()
            || name.startsWith(VERSION)
            || name.startsWith("META-INF")
            || NEW.stream().anyMatch(name::contains)) {
          continue;
        }
        out.putNextEntry(new JarEntry(name));
        jar.getInputStream(entry).transferTo(out);
      }
      out.putNextEntry(new JarEntry(VERSION + ".class"));
      out.write(Files.readAllBytes(folder.resolve(VERSION + ".class")));
    }
    return old;
  }
}
