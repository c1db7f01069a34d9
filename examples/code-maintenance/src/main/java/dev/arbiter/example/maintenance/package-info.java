/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Real tools do real maintenance on a real code base: routed by Arbiter, held to CAWS.
 *
 * <p>Start at {@link dev.arbiter.example.maintenance.CodeMaintenance}, the command. {@code
 * Maintenance} is the run from beginning to end and the best place to read how Arbiter is put
 * together.
 */
@NullMarked
package dev.arbiter.example.maintenance;

import org.jspecify.annotations.NullMarked;
