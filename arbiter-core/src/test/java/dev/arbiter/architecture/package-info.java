/* SPDX-License-Identifier: Apache-2.0 */

/** Checks a module's packages against {@code docs/architecture.md}; shared by all modules. */
package dev.arbiter.architecture;
