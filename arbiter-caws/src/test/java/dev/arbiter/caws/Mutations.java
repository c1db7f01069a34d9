/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.task.Seal;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Values that differ from a record in one component, at any depth. A component of a type that it
 * does not know fails the test, so that a new component cannot go untested.
 */
final class Mutations {
  private Mutations() {}

  /** Every record that differs in one place, by the path to that place. */
  static <T extends Record> Map<String, T> of(T whole) {
    Map<String, T> found = new LinkedHashMap<>();
    RecordComponent[] components = whole.getClass().getRecordComponents();
    for (int i = 0; i < components.length; i++) {
      int place = i;
      String name = components[i].getName();
      each(
          name,
          value(whole, components[i]),
          (path, other) -> with(whole, place, other).ifPresent(r -> found.put(path, r)));
      String changed = name;
      if (found.keySet().stream().noneMatch(path -> path.startsWith(changed))) {
        throw new AssertionError("no change of " + whole.getClass() + "." + name + " is allowed");
      }
    }
    return found;
  }

  private static Object value(Record whole, RecordComponent component) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(whole);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(String.valueOf(e.getMessage()), e);
    }
  }

  /** The record with another value in one place; empty if its constructor refuses that. */
  @SuppressWarnings("unchecked")
  private static <T extends Record> Optional<T> with(T whole, int place, Object other) {
    RecordComponent[] components = whole.getClass().getRecordComponents();
    try {
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      Object[] values = Arrays.stream(components).map(c -> value(whole, c)).toArray();
      values[place] = other;
      Constructor<?> constructor = whole.getClass().getDeclaredConstructor(types);
      constructor.setAccessible(true);
      T changed = (T) constructor.newInstance(values);
      return changed.equals(whole) ? Optional.empty() : Optional.of(changed);
    } catch (InvocationTargetException e) {
      return Optional.empty();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(String.valueOf(e.getMessage()), e);
    }
  }

  private static void each(String path, Object value, BiConsumer<String, Object> use) {
    if (value instanceof String text) {
      texts(path, text, use);
    } else if (value instanceof Integer number) {
      List.of(number + 1, number - 1, Integer.MAX_VALUE, ~number)
          .forEach(n -> use.accept(path + "=" + n, n));
    } else if (value instanceof Long number) {
      List.of(number + 1, number - 1, Long.MAX_VALUE, number + (1L << 32))
          .forEach(n -> use.accept(path + "=" + n, n));
    } else if (value instanceof Double number) {
      List.of(Math.nextUp(number), -number, number + 1, 0.5, Double.NaN)
          .forEach(n -> use.accept(path + "=" + n, n));
    } else if (value instanceof Boolean flag) {
      use.accept(path + "=" + !flag, !flag);
    } else if (value instanceof Duration time) {
      int way = time.toSeconds() > Long.MAX_VALUE / 2 ? -1 : 1; // a limit may be without end
      List.of(time.plusNanos(way), time.plusSeconds(way), time.plusDays(way))
          .forEach(t -> use.accept(path + "=" + t, t));
    } else if (value instanceof Instant at) {
      List.of(at.plusNanos(1), at.minusSeconds(1)).forEach(t -> use.accept(path + "=" + t, t));
    } else if (value instanceof Enum<?> constant) {
      for (Object other : constant.getDeclaringClass().getEnumConstants()) {
        use.accept(path + "=" + other, other);
      }
    } else {
      composed(path, value, use);
    }
  }

  private static void texts(String path, String text, BiConsumer<String, Object> use) {
    use.accept(path + " longer", text + "x");
    use.accept(path + " in another case", text.toUpperCase(java.util.Locale.ROOT));
    use.accept(path + " with a blank", text + " ");
    use.accept(path + " quoted", text + "\",\"");
    use.accept(path + " with a line", text + "\n");
    if (!text.isEmpty()) {
      use.accept(path + " shorter", text.substring(1));
      use.accept(path + " empty", "");
    }
  }

  private static void composed(String path, Object value, BiConsumer<String, Object> use) {
    if (value instanceof Optional<?> optional) {
      use.accept(path + " empty", Optional.empty());
      each(path + "?", optional.orElseThrow(), (p, other) -> use.accept(p, Optional.of(other)));
    } else if (value instanceof Seal seal) { // no record
      texts(
          path + ".document",
          seal.document(),
          (p, text) ->
              use.accept(
                  p, new Seal((String) text, seal.digest(), seal.keyId(), seal.signature())));
      texts(
          path + ".digest",
          seal.digest(),
          (p, text) ->
              use.accept(
                  p, new Seal(seal.document(), (String) text, seal.keyId(), seal.signature())));
      texts(
          path + ".keyId",
          seal.keyId(),
          (p, text) ->
              use.accept(
                  p, new Seal(seal.document(), seal.digest(), (String) text, seal.signature())));
      texts(
          path + ".signature",
          seal.signature(),
          (p, text) ->
              use.accept(p, new Seal(seal.document(), seal.digest(), seal.keyId(), (String) text)));
    } else if (value instanceof Set<?> set) {
      List<Object> all = new ArrayList<>(set);
      lists(path, all, (p, other) -> use.accept(p, new HashSet<>((List<?>) other)));
    } else if (value instanceof List<?> list) {
      lists(path, new ArrayList<>(list), use);
    } else if (value instanceof Record record) {
      of(record).forEach((p, other) -> use.accept(path + "." + p, other));
      for (Class<?> type : record.getClass().getInterfaces()) {
        others(path, record, type, use);
      }
    } else {
      throw new AssertionError("teach Mutations " + value.getClass() + ", found at " + path);
    }
  }

  /** The other cases of a sealed type that can be made of nothing or of the same text. */
  private static void others(
      String path, Record value, Class<?> type, BiConsumer<String, Object> use) {
    if (!type.isSealed()) {
      return;
    }
    for (Class<?> other : type.getPermittedSubclasses()) {
      for (Constructor<?> constructor : other.getDeclaredConstructors()) {
        try {
          constructor.setAccessible(true);
          RecordComponent[] own = value.getClass().getRecordComponents();
          Object made =
              constructor.getParameterCount() == 0
                  ? constructor.newInstance()
                  : constructor.newInstance(value(value, own[0]));
          use.accept(path + " as " + other.getSimpleName(), made);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
          // this case needs other parts
        }
      }
    }
  }

  private static void lists(String path, List<Object> list, BiConsumer<String, Object> use) {
    for (int i = 0; i < list.size(); i++) {
      int place = i;
      List<Object> fewer = new ArrayList<>(list);
      fewer.remove(i);
      use.accept(path + " without " + i, fewer);
      List<Object> twice = new ArrayList<>(list);
      twice.add(list.get(i));
      use.accept(path + " twice " + i, twice);
      each(
          path + "[" + i + "]",
          list.get(i),
          (p, other) -> {
            List<Object> changed = new ArrayList<>(list);
            changed.set(place, other);
            use.accept(p, changed);
          });
    }
    List<Object> turned = new ArrayList<>(list);
    java.util.Collections.reverse(turned);
    use.accept(path + " turned", turned);
  }
}
