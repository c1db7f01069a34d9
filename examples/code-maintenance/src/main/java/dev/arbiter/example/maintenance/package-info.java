/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Real tools do real maintenance on a real code base: routed by Arbiter, held to CAWS.
 *
 * <p>Start at {@link dev.arbiter.example.maintenance.CodeMaintenance}, the command. {@link
 * dev.arbiter.example.maintenance.Engine} configures Arbiter.
 */
@NullMarked
package dev.arbiter.example.maintenance;

import org.jspecify.annotations.NullMarked;
