/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import com.sun.source.util.JavacTask;
import dev.arbiter.example.maintenance.JavaFile.CompileError;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * The JDK's compiler, one file at a time, against a class path and maybe a source path.
 *
 * <p>Thread-safe: each use has a file manager of its own, and opened jars stay open between uses.
 * Writes no class files.
 */
final class Compiler implements AutoCloseable {
  private static final List<String> OPTIONS =
      List.of("-proc:none", "-implicit:none", "-Xlint:none", "-XDshould-stop.ifError=FLOW");

  private final JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
  private final ConcurrentLinkedQueue<StandardJavaFileManager> idle = new ConcurrentLinkedQueue<>();
  private final List<File> classPath;
  private final List<File> sourcePath;

  /**
   * Sets where other classes are found.
   *
   * @param classPath jars and folders
   * @param sourcePath roots of source folders, empty for none
   */
  Compiler(List<Path> classPath, List<Path> sourcePath) {
    this.classPath = classPath.stream().map(Path::toFile).toList();
    this.sourcePath = sourcePath.stream().map(Path::toFile).toList();
  }

  /**
   * Reads a file and uses it.
   *
   * @param path names the file in messages
   * @param text its content
   * @param use gets the file, which is invalid afterwards
   * @return the result of the use
   */
  <R> R with(String path, String text, Function<JavaFile, R> use) {
    StandardJavaFileManager files = idle.poll();
    if (files == null) {
      files = open();
    }
    try {
      DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
      List<Text> unit = List.of(new Text(path, text));
      JavacTask task = (JavacTask) javac.getTask(null, files, diagnostics, OPTIONS, null, unit);
      return use.apply(new JavaFile(task, diagnostics, path, text));
    } finally {
      idle.add(files);
    }
  }

  /** The compiler's errors in a file. */
  List<CompileError> errors(String path, String text) {
    return with(path, text, JavaFile::errors);
  }

  private StandardJavaFileManager open() {
    StandardJavaFileManager files =
        javac.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8);
    try {
      files.setLocation(StandardLocation.CLASS_PATH, classPath);
      files.setLocation(StandardLocation.SOURCE_PATH, sourcePath);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  @Override
  public void close() throws IOException {
    for (StandardJavaFileManager files = idle.poll(); files != null; files = idle.poll()) {
      files.close();
    }
  }

  private static final class Text extends SimpleJavaFileObject {
    private final String text;

    Text(String path, String text) {
      super(URI.create("string:///" + path.replace(" ", "%20")), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
