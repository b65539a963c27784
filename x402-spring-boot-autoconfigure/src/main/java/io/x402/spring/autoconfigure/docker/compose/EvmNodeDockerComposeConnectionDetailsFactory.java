package io.x402.spring.autoconfigure.docker.compose;

import java.net.URI;
import java.util.List;

import io.x402.spring.autoconfigure.onchain.EvmNodeConnectionDetails;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionDetailsFactory;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;

/**
 * Makes {@link EvmNodeConnectionDetails} of a Docker Compose service of Foundry's image,
 * or of any other with the label
 * {@code org.springframework.boot.service-connection=x402-evm-node}. Its first published
 * port counts, with the path of the label {@code io.x402.evm-node.path}.
 */
final class EvmNodeDockerComposeConnectionDetailsFactory
		extends DockerComposeConnectionDetailsFactory<EvmNodeConnectionDetails> {

	static final String PATH_LABEL = "io.x402.evm-node.path";

	EvmNodeDockerComposeConnectionDetailsFactory() {
		super(new String[] { "x402-evm-node", "foundry-rs/foundry" });
	}

	@Override
	protected @Nullable EvmNodeConnectionDetails getDockerComposeConnectionDetails(
			DockerComposeConnectionSource source) {
		return details(source.getRunningService());
	}

	/**
	 * Return the details of a service.
	 * @param service the service
	 * @return its details, or {@code null} if it publishes no port: the image has tools
	 * that are no nodes, such as the one that deploys contracts
	 */
	static @Nullable EvmNodeConnectionDetails details(RunningService service) {
		return service.ports().getAll().isEmpty() ? null : new EvmNodeDockerComposeConnectionDetails(service);
	}

	private static final class EvmNodeDockerComposeConnectionDetails extends DockerComposeConnectionDetails
			implements EvmNodeConnectionDetails {

		private final List<URI> uris;

		EvmNodeDockerComposeConnectionDetails(RunningService service) {
			super(service);
			this.uris = List.of(FacilitatorDockerComposeConnectionDetailsFactory.uri(service, PATH_LABEL));
		}

		@Override
		public List<URI> getUris() {
			return this.uris;
		}

	}

}
