/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * The closed table of reasons that facilitators are known to give, with their meaning and
 * source. A word that is not in it proves nothing.
 * <p>
 * A text may go on after its reason, as in {@code reason: what a node said}; what stands
 * before the first colon is the reason.
 */
final class FacilitatorReasons {

	private static final String V2 = "`@x402` packages";

	private static final String V1 = "`x402` packages of version 1";

	private static final String CDP = "Coinbase CDP";

	private static final String OWN = "facilitator server of this project";

	private static final String OTHERS = "other facilitators";

	/** How the viem library reports that a contract refused a call. */
	private static final String REVERTED_CALL = "The contract function ";

	/**
	 * How contracts say that an authorization was used, which may have been for this very
	 * payment: anybody can send what was signed.
	 */
	private static final Pattern USED = Pattern.compile("used|nonce|already|invalidated");

	/**
	 * How the viem library names a custom error that it does not know: its first four
	 * bytes.
	 */
	private static final Pattern UNDECODED = Pattern.compile("\\b0x[0-9a-f]{8}\\b");

	/** {@code ERC20InsufficientBalance} and {@code ERC20InsufficientAllowance}. */
	private static final Set<String> LACK_OF_FUNDS = Set.of("0xe450d38c", "0xfb8f41b2");

	/**
	 * Words by which reasons that are not in the table tell a fault of the facilitator.
	 */
	private static final Pattern FAULT = Pattern
		.compile("unavailable|timed?_?out|unexpected|unknown|internal|error|_node_|rpc|overload|busy|rate_?limit");

	private static final Map<String, Entry> TABLE = table();

	private FacilitatorReasons() {
	}

	/**
	 * Return the machine-readable reason of a facilitator's text.
	 * @param text text of the facilitator
	 * @return the part before the first colon, or {@code null} if that is anything else
	 * than a word
	 */
	static @Nullable String word(@Nullable String text) {
		if (text == null) {
			return null;
		}
		int end = text.indexOf(':');
		return UpstreamText.reason(((end >= 0) ? text.substring(0, end) : text).strip());
	}

	/**
	 * Return whether a text says that a contract refused the call, for another reason
	 * than that the authorization was used.
	 * @param text text of the facilitator
	 */
	static boolean isRevertedCall(@Nullable String text) {
		int end = (text != null) ? text.indexOf(':') : -1;
		String rest = (text != null && end >= 0) ? text.substring(end + 1).strip() : "";
		return rest.startsWith(REVERTED_CALL) && !mayBeUsed(rest.toLowerCase(Locale.ROOT));
	}

	private static boolean mayBeUsed(String text) {
		return USED.matcher(text).find()
				|| UNDECODED.matcher(text).results().anyMatch((error) -> !LACK_OF_FUNDS.contains(error.group()));
	}

	/**
	 * Return what a reason proves.
	 * @param word a reason, or {@code null}
	 * @return its meaning, or {@code null} if it is not in the table
	 */
	static @Nullable ReasonMeaning meaning(@Nullable String word) {
		Entry entry = (word != null) ? TABLE.get(word) : null;
		return (entry != null) ? entry.meaning() : null;
	}

	/**
	 * Return whether a reason of {@code /verify} tells a fault of the facilitator rather
	 * than of the payment. Of a reason that is not in the table its words decide, since
	 * nothing is charged either way.
	 * @param word a reason, or {@code null}
	 */
	static boolean isFault(@Nullable String word) {
		ReasonMeaning meaning = meaning(word);
		return (meaning != null) ? meaning == ReasonMeaning.FAULT
				: word != null && FAULT.matcher(word.toLowerCase(Locale.ROOT)).find();
	}

	static Collection<Entry> entries() {
		return TABLE.values();
	}

	private static Map<String, Entry> table() {
		Map<String, Entry> table = new LinkedHashMap<>();
		refused(table, V2, "invalid_exact_evm_scheme", "invalid_exact_evm_network_mismatch",
				"invalid_exact_evm_missing_eip712_domain", "invalid_exact_evm_signature",
				"invalid_exact_evm_failed_to_parse_signature", "invalid_exact_evm_recipient_mismatch",
				"invalid_exact_evm_payload_authorization_value_mismatch", "invalid_exact_evm_authorization_value",
				"unsupported_payload_type", "unsupported_asset_transfer_method", "unsupported_payment_flow",
				"invalid_permit2_signature", "invalid_permit2_spender", "invalid_permit2_recipient_mismatch",
				"permit2_amount_mismatch", "permit2_token_mismatch", "permit2_invalid_amount",
				"permit2_invalid_destination", "permit2_invalid_owner", "permit2_2612_amount_mismatch",
				"invalid_upto_evm_scheme", "invalid_upto_evm_network_mismatch",
				"invalid_upto_evm_payload_settlement_exceeds_amount", "upto_amount_exceeds_permitted",
				"upto_facilitator_mismatch", "upto_unauthorized_facilitator", "invalid_eip2612_extension_format",
				"eip2612_from_mismatch", "eip2612_asset_mismatch", "eip2612_spender_not_permit2",
				"invalid_erc20_approval_extension_format", "erc20_approval_from_mismatch",
				"erc20_approval_asset_mismatch", "erc20_approval_spender_not_permit2", "erc20_approval_tx_wrong_target",
				"erc20_approval_tx_wrong_selector", "erc20_approval_tx_wrong_spender",
				"erc20_approval_tx_invalid_calldata", "erc20_approval_tx_signer_mismatch",
				"erc20_approval_tx_invalid_signature", "erc20_approval_tx_parse_failed");
		refused(table, V2, "invalid_exact_evm_payload_authorization_valid_before",
				"invalid_exact_evm_payload_authorization_valid_after", "invalid_exact_evm_insufficient_balance",
				"invalid_exact_evm_token_name_mismatch", "invalid_exact_evm_token_version_mismatch",
				"invalid_exact_evm_eip3009_not_supported", "invalid_exact_evm_payload_undeployed_smart_wallet",
				"asset_not_deployed_contract", "eip6492_factory_not_allowed", "smart_wallet_deployment_failed",
				"permit2_deadline_expired", "permit2_not_yet_valid", "permit2_payment_too_early",
				"permit2_allowance_required", "permit2_insufficient_balance", "permit2_proxy_not_deployed",
				"eip2612_deadline_expired");
		add(table, ReasonMeaning.SIMULATED, V2, "invalid_exact_evm_transaction_simulation_failed",
				"permit2_simulation_failed");
		add(table, ReasonMeaning.REVERTED, V2, "invalid_exact_evm_transaction_failed",
				"invalid_upto_evm_transaction_failed");
		add(table, ReasonMeaning.USED, V2, "invalid_exact_evm_nonce_already_used", "permit2_invalid_nonce",
				"duplicate_settlement");
		add(table, ReasonMeaning.FAULT, V2, "settlement_pending", "unexpected_verify_error", "unexpected_settle_error",
				"invalid_exact_evm_transfer_event_mismatch", "erc20_approval_tx_failed",
				"erc20_approval_broadcast_failed", "settle_failed", "unknown_settlement_error");
		refused(table, V1, "invalid_exact_evm_payload_signature", "invalid_exact_evm_payload_signature_address",
				"invalid_exact_evm_payload_recipient_mismatch", "invalid_exact_evm_payload_authorization_value",
				"invalid_payload", "invalid_payment", "invalid_x402_version");
		refused(table, V1, "insufficient_funds", "payment_expired", "invalid_network", "invalid_scheme",
				"unsupported_scheme", "invalid_payment_requirements");
		add(table, ReasonMeaning.REVERTED, V1, "invalid_transaction_state");
		add(table, ReasonMeaning.FAULT, V1, "settle_exact_svm_block_height_exceeded",
				"settle_exact_svm_transaction_confirmation_timed_out");
		String svm = "invalid_exact_svm_payload_transaction";
		refused(table, V1 + ", " + V2, svm, svm + "_amount_mismatch", svm + "_create_ata_instruction",
				svm + "_create_ata_instruction_incorrect_asset", svm + "_create_ata_instruction_incorrect_payee",
				svm + "_fee_payer_included_in_instruction_accounts", svm + "_fee_payer_transferring_funds",
				svm + "_instruction_not_spl_token_transfer_checked",
				svm + "_instruction_not_token_2022_transfer_checked", svm + "_instructions",
				svm + "_instructions_compute_limit_instruction", svm + "_instructions_compute_price_instruction",
				svm + "_instructions_compute_price_instruction_too_high", svm + "_instructions_length",
				svm + "_not_a_transfer_instruction", svm + "_transfer_to_incorrect_ata");
		refused(table, V1 + ", " + V2, svm + "_receiver_ata_not_found", svm + "_sender_ata_not_found");
		add(table, ReasonMeaning.SIMULATED, V1 + ", " + V2, svm + "_simulation_failed");
		refused(table, CDP, "self_send_not_allowed", "invalid_bazaar_extension", "invalid_exact_evm_extra_field",
				"invalid_exact_solana_extra_field");
		refused(table, CDP, "kyt_risk_detected", "invalid_exact_evm_payload_authorization_from_address_kyt",
				"invalid_exact_evm_payload_authorization_to_address_kyt", "request_blocked_by_location",
				"amount_too_low", "permit2_disabled", "erc20_approval_insufficient_eth_for_gas");
		add(table, ReasonMeaning.SIMULATED, CDP, "preflight_validation_failed");
		add(table, ReasonMeaning.REVERTED, CDP, "settle_exact_failed_onchain");
		add(table, ReasonMeaning.FAULT, CDP, "settle_exact_node_failure",
				"settle_exact_evm_transaction_confirmation_timed_out", "unknown_error");
		refused(table, OWN, "pay_to_not_allowed", "requirements_mismatch");
		refused(table, OWN, "authorization_validity_too_long", "settlement_declined", "erc20_approval_tx_wrong_chain",
				"erc20_approval_tx_wrong_value", "erc20_approval_tx_wrong_nonce", "erc20_approval_tx_gas_too_low");
		add(table, ReasonMeaning.FAULT, OWN, "facilitator_unavailable");
		add(table, ReasonMeaning.REVERTED, OTHERS, "transaction_reverted", "execution_reverted");
		add(table, ReasonMeaning.FAULT, OTHERS, "transaction_failed", "failed_to_execute_transfer",
				"settlement_receipt_unavailable", "rpc_unavailable");
		return Collections.unmodifiableMap(table);
	}

	private static void refused(Map<String, Entry> table, String source, String... words) {
		for (String word : words) {
			boolean timeless = SettlementOutcome.isTimeless(ReasonCode.of(word, ReasonCode.PAYMENT_REJECTED));
			add(table, timeless ? ReasonMeaning.REFUSED : ReasonMeaning.REFUSED_NOW, source, word);
		}
	}

	private static void add(Map<String, Entry> table, ReasonMeaning meaning, String source, String... words) {
		for (String word : words) {
			table.put(word, new Entry(word, meaning, source));
		}
	}

	/**
	 * A known reason.
	 *
	 * @param word the reason
	 * @param meaning what it proves
	 * @param source who gives it
	 */
	public record Entry(String word, ReasonMeaning meaning, String source) {

	}

}
