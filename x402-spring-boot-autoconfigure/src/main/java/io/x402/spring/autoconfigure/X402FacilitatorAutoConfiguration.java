package io.x402.spring.autoconfigure;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.HttpFacilitator;
import io.x402.spring.facilitator.HttpFacilitatorSettings;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.facilitator.SimulatedFacilitator;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.SupportedResponse.Kind;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Auto-configuration for the {@link Facilitator}.
 */
@AutoConfiguration(afterName = { "org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration",
		"org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration",
		"org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration" })
@ConditionalOnBooleanProperty(name = "x402.enabled", matchIfMissing = true)
@EnableConfigurationProperties(X402Properties.class)
public final class X402FacilitatorAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty(name = "x402.facilitator.type", havingValue = "http", matchIfMissing = true)
	@ConditionalOnClass({ WebClient.class, ClientHttpConnectorBuilder.class })
	@ConditionalOnMissingBean(Facilitator.class)
	static class HttpFacilitatorConfiguration {

		@Bean
		@ConditionalOnMissingBean(FacilitatorConnectionDetails.class)
		PropertiesFacilitatorConnectionDetails x402FacilitatorConnectionDetails(X402Properties properties) {
			return new PropertiesFacilitatorConnectionDetails(properties);
		}

		@Bean
		HttpFacilitator x402Facilitator(FacilitatorConnectionDetails connectionDetails, X402Properties properties,
				ObjectProvider<WebClient.Builder> builder, ObjectProvider<ClientHttpConnectorBuilder<?>> connectors,
				ObjectProvider<HttpClientSettings> settings, ObjectProvider<SslBundles> sslBundles,
				PaymentCodec codec) {
			X402Properties.Facilitator facilitator = properties.facilitator();
			HttpClientSettings clientSettings = settings.getIfAvailable(HttpClientSettings::defaults)
				.withRedirects(HttpRedirects.DONT_FOLLOW)
				.withTimeouts(facilitator.connectTimeout(), facilitator.settleTimeout());
			if (facilitator.sslBundle() != null) {
				clientSettings = clientSettings.withSslBundle(sslBundle(sslBundles, facilitator.sslBundle()));
			}
			WebClient client = builder.getIfAvailable(WebClient::builder)
				.clone()
				.clientConnector(connectors.getIfAvailable(ClientHttpConnectorBuilder::detect).build(clientSettings))
				.build();
			return new HttpFacilitator(client, codec, settings(connectionDetails, facilitator));
		}

		private static SslBundle sslBundle(ObjectProvider<SslBundles> sslBundles, String name) {
			try {
				return sslBundles.getObject().getBundle(name);
			}
			catch (NoSuchSslBundleException ex) {
				throw new InvalidPropertyException("x402.facilitator.ssl-bundle", name,
						"there is no SSL bundle of that name", "Declare the bundle under spring.ssl.bundle.");
			}
		}

		private static HttpFacilitatorSettings settings(FacilitatorConnectionDetails connectionDetails,
				X402Properties.Facilitator facilitator) {
			HttpFacilitatorSettings settings = new HttpFacilitatorSettings(connectionDetails.getUri(),
					facilitator.verifyTimeout(), facilitator.settleTimeout(), facilitator.supportedTimeout(),
					facilitator.supportedTtl(), Map.of());
			try {
				return settings.withHeaders(facilitator.auth().headers());
			}
			catch (IllegalArgumentException ex) {
				throw new InvalidPropertyException("x402.facilitator.auth.headers", null,
						String.valueOf(ex.getMessage()), "Correct the name or value of the header.");
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty(name = "x402.facilitator.type", havingValue = "simulated")
	@ConditionalOnMissingBean(Facilitator.class)
	static class SimulatedFacilitatorConfiguration {

		private static final Log logger = LogFactory.getLog(SimulatedFacilitator.class);

		@Bean
		SimulatedFacilitator x402Facilitator(Networks networks, ObjectProvider<PayloadCheck> checks,
				X402Properties properties) {
			logger.warn("Payments are SIMULATED: signatures are real, but no money moves. "
					+ "Set x402.facilitator.url and remove x402.facilitator.type to be paid.");
			return new SimulatedFacilitator(kinds(networks), checks.orderedStream().toList(),
					BigInteger.valueOf(properties.facilitator().simulated().balance()).multiply(BigInteger.TEN.pow(6)));
		}

		private static List<Kind> kinds(Networks networks) {
			List<Kind> kinds = new ArrayList<>();
			for (Network network : networks.all()) {
				if (network.testnet() && network.isEvm()) {
					kinds.add(new Kind(ProtocolVersion.V2.number(), "exact", network.id(), null));
					if (network.v1Name() != null) {
						kinds.add(new Kind(ProtocolVersion.V1.number(), "exact", network.v1Name(), null));
					}
				}
			}
			return kinds;
		}

	}

}
