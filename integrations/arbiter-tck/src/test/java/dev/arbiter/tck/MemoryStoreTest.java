/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tck;

import dev.arbiter.spi.Store;

class MemoryStoreTest extends StoreContract {
  @Override
  protected Store newStore() {
    return Store.memory();
  }

  @Override
  protected Store again(Store closed) {
    return closed;
  }
}
