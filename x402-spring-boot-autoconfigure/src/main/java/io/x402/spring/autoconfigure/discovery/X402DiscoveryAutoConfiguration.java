/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.discovery;

import java.net.URI;
import java.util.List;

import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.module.jackson.JacksonSchemaModule;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.servers.Server;
import io.x402.spring.AccessPass;
import io.x402.spring.VerifiedPayment;
import io.x402.spring.autoconfigure.ConditionalOnX402Enabled;
import io.x402.spring.autoconfigure.X402AutoConfiguration;
import io.x402.spring.autoconfigure.X402Properties;
import io.x402.spring.discovery.DiscoveryDocuments;
import io.x402.spring.discovery.MappingDescriber;
import io.x402.spring.discovery.TypeSchemas;
import io.x402.spring.evm.Signer;
import io.x402.spring.pricing.PricingCatalog;
import io.x402.spring.pricing.ResourceDescriber;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springdoc.core.service.OpenAPIService;
import org.springdoc.core.utils.SpringDocUtils;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Auto-configuration for descriptions of paid mappings, which catalogues of paid
 * resources read.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = X402AutoConfiguration.class,
		afterName = "org.springdoc.core.configuration.SpringDocConfiguration")
@ConditionalOnWebApplication
@ConditionalOnX402Enabled
@EnableConfigurationProperties(X402DiscoveryProperties.class)
public final class X402DiscoveryAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(ResourceDescriber.class)
	@ConditionalOnBooleanProperty(name = "x402.discovery.enabled", matchIfMissing = true)
	MappingDescriber x402ResourceDescriber(ObjectProvider<TypeSchemas> schemas, X402Properties properties,
			Environment environment) {
		return new MappingDescriber(schemas.getIfAvailable(), pathPrefix(properties.baseUrl(), environment));
	}

	@Bean
	@ConditionalOnBean(ResourceDescriber.class)
	SmartInitializingSingleton x402DeclarationCheck(ObjectProvider<PricingCatalog> catalog,
			ResourceDescriber describer) {
		return () -> catalog.ifAvailable((mappings) -> MappingDescriber.check(mappings, describer));
	}

	@Bean
	@ConditionalOnBean(MappingDescriber.class)
	@ConditionalOnBooleanProperty("x402.discovery.documents")
	DiscoveryController x402DiscoveryController(PricingCatalog catalog, MappingDescriber describer,
			X402Properties properties, X402DiscoveryProperties discovery, Environment environment,
			ObjectProvider<Signer> signers) {
		OwnershipProofs proofs = new OwnershipProofs(discovery.ownershipProofs(), properties.baseUrl(), catalog,
				signers.orderedStream().toList());
		return new DiscoveryController(new DiscoveryDocuments(catalog, describer, discovery.serviceName()),
				publicUrl(properties, environment), proofs, discovery.llmsText());
	}

	@Bean
	@ConditionalOnBean(MappingDescriber.class)
	@ConditionalOnBooleanProperty("x402.discovery.llms-text")
	LlmsTextController x402LlmsTextController(PricingCatalog catalog, MappingDescriber describer,
			X402Properties properties, X402DiscoveryProperties discovery, Environment environment) {
		return new LlmsTextController(new DiscoveryDocuments(catalog, describer, discovery.serviceName()),
				publicUrl(properties, environment));
	}

	private static PublicUrl publicUrl(X402Properties properties, Environment environment) {
		return new PublicUrl(properties.baseUrl(), pathPrefix(null, environment));
	}

	/**
	 * Return what precedes the patterns of mappings in a public URL.
	 */
	static String pathPrefix(@Nullable String baseUrl, Environment environment) {
		String base = (baseUrl != null) ? URI.create(baseUrl).getRawPath() : "";
		String servlet = path(environment, "spring.mvc.servlet.path");
		return base + path(environment, "server.servlet.context-path") + path(environment, "spring.webflux.base-path")
				+ servlet;
	}

	private static String path(Environment environment, String property) {
		String path = StringUtils.trimTrailingCharacter(environment.getProperty(property, ""), '/');
		return (path.isEmpty() || path.startsWith("/")) ? path : "/" + path;
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ GlobalOperationCustomizer.class, OpenAPIService.class, Operation.class })
	@ConditionalOnBean(OpenAPIService.class)
	static class SpringdocConfiguration {

		/**
		 * Keep arguments that are no parameters of a request out of the description.
		 * springdoc has a static list of them.
		 */
		SpringdocConfiguration() {
			SpringDocUtils.getConfig().addRequestWrapperToIgnore(VerifiedPayment.class, AccessPass.class);
		}

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnBooleanProperty(name = "x402.discovery.enabled", matchIfMissing = true)
		PaidOperations x402PaidOperations(ObjectProvider<PricingCatalog> catalog) {
			return new PaidOperations(catalog);
		}

		@Bean
		@ConditionalOnProperty("x402.base-url")
		GlobalOpenApiCustomizer x402OpenApiServers(X402Properties properties, Environment environment) {
			Server server = new Server().url(properties.baseUrl() + pathPrefix(null, environment));
			return (document) -> document.setServers(List.of(server));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ SchemaGenerator.class, JacksonSchemaModule.class })
	static class SchemaConfiguration {

		@Bean
		@ConditionalOnMissingBean(TypeSchemas.class)
		TypeSchemas x402TypeSchemas() {
			return MappingDescriber.generatedSchemas();
		}

	}

}
