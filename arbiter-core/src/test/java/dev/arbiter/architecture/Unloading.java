/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.architecture;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.WeakReference;
import java.lang.runtime.ObjectMethods;
import java.util.concurrent.locks.LockSupport;

/** Runs a program on Arbiter's classes in a class loader of its own, as a container does. */
public final class Unloading {
  private static final int MOST_IN_AN_ARRAY = Integer.MAX_VALUE - 8;
  private static final int MOST_LOOKS = 200;
  private static final long WAIT_NANOS = 10_000_000;

  private Unloading() {}

  /**
   * Runs the program on this thread, which lives on, and says whether its class loader can be
   * collected afterwards.
   *
   * @param program has a public constructor without parameters; reaches the caller in no way
   * @return whether nothing of this thread holds the loader
   */
  public static boolean isCollectedAfter(Class<? extends Runnable> program) {
    WeakReference<ClassLoader> loader = run(program.getName());
    letTheJdkForget();
    clearSoftReferences();
    for (int look = 0; look < MOST_LOOKS && loader.get() != null; look++) {
      System.gc();
      LockSupport.parkNanos(WAIT_NANOS); // threads that were told to end may still be ending
    }
    return loader.get() == null;
  }

  private static WeakReference<ClassLoader> run(String program) {
    Own own = new Own(Unloading.class.getClassLoader());
    try {
      ((Runnable) own.loadClass(program).getConstructor().newInstance()).run();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("cannot run " + program, e);
    }
    return new WeakReference<>(own);
  }

  /* The JDK (25 does) may keep types softly: until memory is short, and that is no leak. */
  private static void clearSoftReferences() {
    long wanted = Runtime.getRuntime().maxMemory() / Long.BYTES;
    try {
      long[][] more = new long[(int) (wanted / MOST_IN_AN_ARRAY) + 1][MOST_IN_AN_ARRAY];
      throw new AssertionError("a heap that holds all of itself: " + more.length);
    } catch (OutOfMemoryError expected) {
      // The JVM has cleared all soft references before it threw.
    }
  }

  private record Other(Thread it) {}

  /** ObjectMethods of Java 17 keeps the type that a record's equals compared last: any other. */
  private static void letTheJdkForget() {
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    try {
      ObjectMethods.bootstrap(
          lookup,
          "equals",
          MethodType.methodType(boolean.class, Other.class, Object.class),
          Other.class,
          "it",
          lookup.findGetter(Other.class, "it", Thread.class));
    } catch (Throwable e) {
      throw new AssertionError("cannot compare records", e);
    }
  }

  /** Defines every class of Arbiter anew; all others come from the parent. */
  private static final class Own extends ClassLoader {
    Own(ClassLoader parent) {
      super(parent);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith("dev.arbiter.")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> known = findLoadedClass(name);
        return known == null ? define(name) : known;
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
