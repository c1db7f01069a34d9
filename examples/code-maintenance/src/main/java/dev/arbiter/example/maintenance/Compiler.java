/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.JavacTask;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

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
      return use.apply(new JavaFile(new Session(files, path, text), path, text));
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

  /** One file with one compiler; parsing and analysis run on first use. */
  final class Session {
    private final DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    private final JavacTask task;
    private @Nullable CompilationUnitTree tree;
    private boolean analysed;

    private Session(StandardJavaFileManager files, String path, String text) {
      this.task =
          (JavacTask)
              javac.getTask(null, files, diagnostics, OPTIONS, null, List.of(new Text(path, text)));
    }

    JavacTask task() {
      return task;
    }

    CompilationUnitTree tree() {
      CompilationUnitTree parsed = tree;
      if (parsed == null) {
        try {
          Iterator<? extends CompilationUnitTree> units = task.parse().iterator();
          parsed = units.next();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        tree = parsed;
      }
      return parsed;
    }

    List<CompileError> errors() {
      tree();
      if (!analysed) {
        analysed = true;
        try {
          task.analyze();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        } catch (RuntimeException brokenBeyondAnalysis) {
          return List.of(new CompileError(-1, "crash", "javac gave up: " + brokenBeyondAnalysis));
        }
      }
      List<CompileError> errors = new ArrayList<>();
      for (Diagnostic<? extends JavaFileObject> found : diagnostics.getDiagnostics()) {
        if (found.getKind() == Diagnostic.Kind.ERROR) {
          errors.add(
              new CompileError(
                  found.getPosition(), found.getCode(), found.getMessage(Locale.ROOT)));
        }
      }
      return errors;
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
