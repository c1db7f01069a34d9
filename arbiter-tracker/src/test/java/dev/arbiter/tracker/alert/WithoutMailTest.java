/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import org.junit.jupiter.api.Test;

/** On a path without Jakarta Mail, played by a loader that does not find it. */
class WithoutMailTest {
  private final ClassLoader without = new WithoutMail();

  @Test
  void alerts_work() throws Exception {
    Class<?> alerts = Class.forName(Alerts.class.getName(), true, without);
    Method builder = alerts.getMethod("builder");

    Object made = builder.getReturnType().getMethod("build").invoke(builder.invoke(null));

    assertThat(made.getClass().getClassLoader()).isSameAs(without);
    assertThat(made.getClass()).isNotSameAs(Alerts.class);
  }

  @Test
  void a_mail_channel_says_what_is_missing() throws Exception {
    Class<?> type = Class.forName(MailChannel.class.getName(), true, without);
    Object builder = type.getMethod("through", String.class).invoke(null, "localhost");
    Class<?> builderType = builder.getClass();
    builderType.getMethod("from", String.class).invoke(builder, "a@example.org");
    builderType.getMethod("to", List.class).invoke(builder, List.of("b@example.org"));

    assertThatThrownBy(() -> builderType.getMethod("build").invoke(builder))
        .isInstanceOf(InvocationTargetException.class)
        .cause()
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("jakarta.mail-api");
  }

  /** Defines the module's classes anew, and hides Jakarta Mail. */
  private static final class WithoutMail extends ClassLoader {
    WithoutMail() {
      super(Alerts.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("jakarta.mail.")) {
        throw new ClassNotFoundException(name);
      }
      if (!name.startsWith("dev.arbiter.tracker.")) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? define(name) : loaded;
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      String resource = name.replace('.', '/') + ".class";
      try (InputStream in = Alerts.class.getModule().getResourceAsStream(resource)) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
