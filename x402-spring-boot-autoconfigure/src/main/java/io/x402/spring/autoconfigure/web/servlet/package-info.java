/**
 * Auto-configuration for payments in Spring MVC.
 */
@NullMarked
package io.x402.spring.autoconfigure.web.servlet;

import org.jspecify.annotations.NullMarked;
