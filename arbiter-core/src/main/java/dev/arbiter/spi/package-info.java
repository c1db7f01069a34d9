/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The sockets: the interfaces that the engine calls, each small enough to implement in an
 * afternoon.
 *
 * <pre>
 * before the work:  Constitution.admit -> Router.route (PerformanceView)
 * the work:         TaskInterceptor -> agent
 * after the work:   Constitution.judge -> Router.learn (Outcome)
 * at every step:    Store.Shard.append -> ArbiterListener.on
 * </pre>
 *
 * <p>Every socket states its threads, its order, its errors and the effect of a crash. {@code
 * arbiter-tck} holds the tests an implementation inherits.
 */
@NullMarked
package dev.arbiter.spi;

import org.jspecify.annotations.NullMarked;
