/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A map that forgets what was not asked for longest when it is full; not thread-safe. */
final class Recent<K, V> {
  private final LinkedHashMap<K, V> map = new LinkedHashMap<>(16, .75f, true);
  private final int most;

  Recent(int most) {
    this.most = most;
  }

  @Nullable V get(K key) {
    return map.get(key);
  }

  void put(K key, V value) {
    map.put(key, value);
    if (map.size() > most) {
      map.remove(map.keySet().iterator().next());
    }
  }

  @Nullable V remove(K key) {
    return map.remove(key);
  }

  int size() {
    return map.size();
  }

  /** Goes through all, those that were asked for longest ago first. */
  void forEach(BiConsumer<K, V> visitor) {
    for (Map.Entry<K, V> entry : map.entrySet()) {
      visitor.accept(entry.getKey(), entry.getValue());
    }
  }
}
