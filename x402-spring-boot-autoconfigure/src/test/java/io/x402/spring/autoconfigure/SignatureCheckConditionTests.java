package io.x402.spring.autoconfigure;

import io.x402.spring.autoconfigure.facilitator.X402FacilitatorAutoConfiguration;
import io.x402.spring.autoconfigure.payment.X402PaymentAutoConfiguration;
import io.x402.spring.autoconfigure.store.X402StoreAutoConfiguration;
import io.x402.spring.evm.Eip3009SignatureCheck;
import io.x402.spring.evm.Permit2SignatureCheck;
import io.x402.spring.facilitator.EvmPayloadCheck;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class SignatureCheckConditionTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(X402FacilitatorAutoConfiguration.class,
				X402StoreAutoConfiguration.class, X402AutoConfiguration.class, X402PaymentAutoConfiguration.class));

	@Test
	void whenNothingIsSaidThenSignaturesAreChecked() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(Eip3009SignatureCheck.class)
			.hasSingleBean(Permit2SignatureCheck.class));
	}

	@Test
	void whenSignaturesAreLeftToTheFacilitatorThenOnlyTheRestIsChecked() {
		this.runner.withPropertyValues("x402.validation.signatures=false")
			.run((context) -> assertThat(context).doesNotHaveBean(Eip3009SignatureCheck.class)
				.doesNotHaveBean(Permit2SignatureCheck.class)
				.hasSingleBean(EvmPayloadCheck.class));
	}

}
