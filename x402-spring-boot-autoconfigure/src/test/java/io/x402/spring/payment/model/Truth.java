package io.x402.spring.payment.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.x402.spring.payment.ClaimKey;
import io.x402.spring.protocol.PaymentPayload;
import org.jspecify.annotations.Nullable;

/**
 * What the model knows about one payment.
 */
final class Truth {

	private final PaymentPayload payload;

	private final ClaimKey key;

	private final String nonce;

	private final String payer;

	private final boolean upfront;

	private final List<byte[]> made = new ArrayList<>();

	/** The request it was bound to when settlement began. */
	private @Nullable String request;

	/** Whether a settle call may have reached the facilitator. */
	private boolean asked;

	/** What has to be delivered again, if it is known for certain. */
	private byte @Nullable [] kept;

	/** What is to be kept if the next settle call is for a handler that has run. */
	private byte @Nullable [] executed;

	private int deliveries;

	Truth(PaymentPayload payload, ClaimKey key, String payer, boolean upfront) {
		this.payload = payload;
		this.key = key;
		this.nonce = key.nonce();
		this.payer = payer;
		this.upfront = upfront;
	}

	PaymentPayload payload() {
		return this.payload;
	}

	ClaimKey key() {
		return this.key;
	}

	String nonce() {
		return this.nonce;
	}

	String payer() {
		return this.payer;
	}

	boolean isUpfront() {
		return this.upfront;
	}

	byte[] make(String answer) {
		byte[] bytes = (answer + " " + this.made.size()).getBytes();
		this.made.add(bytes);
		return bytes;
	}

	boolean isMade(byte[] answer) {
		return this.made.stream().anyMatch((made) -> Arrays.equals(made, answer));
	}

	void bind(String request) {
		this.request = request;
	}

	@Nullable String request() {
		return this.request;
	}

	/**
	 * A settle call leaves.
	 * @param answer the answer that was handed over with it, or {@code null}
	 * @param arrives whether it may reach the facilitator
	 */
	void ask(byte @Nullable [] answer, boolean arrives) {
		byte[] last = (answer != null) ? answer : this.executed;
		if (arrives) {
			this.asked = true;
			this.kept = (last != null && last.length > 0) ? last : this.kept;
		}
		else {
			this.executed = last;
		}
	}

	boolean isAsked() {
		return this.asked;
	}

	byte @Nullable [] kept() {
		return this.kept;
	}

	void keep(byte[] answer) {
		this.kept = answer;
	}

	void deliver() {
		this.deliveries++;
	}

	int deliveries() {
		return this.deliveries;
	}

}
