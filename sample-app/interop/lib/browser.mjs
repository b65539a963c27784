// A browser, and a wallet in it that is announced by EIP-6963 and really signs.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { ACCOUNTS, CHAIN_ID } from './config.mjs';
import { publicClient } from './evm.mjs';

const LAB_CHAIN = `0x${CHAIN_ID.toString(16)}`;

export const openBrowser = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });

const failure = (code, message) => ({ error: { code, message } });

/** Answers the calls of a page to its wallet; `calls` says which there were. */
export function createWallet({ account = ACCOUNTS.buyer, chainId = LAB_CHAIN, knows = true, declines = false } = {}) {
  const calls = [];
  let [current, known] = [chainId, knows];
  async function request({ method, params = [] }) {
    calls.push(method);
    switch (method) {
      case 'eth_requestAccounts':
        return { result: [account.address] };
      case 'eth_chainId':
        return { result: current };
      case 'wallet_switchEthereumChain':
        if (!known) return failure(4902, 'unknown chain');
        current = params[0].chainId;
        return { result: null };
      case 'wallet_addEthereumChain':
        if (!params[0].rpcUrls?.length) return failure(-32602, 'no node');
        known = true;
        return { result: null };
      case 'eth_call':
        return { result: await publicClient.request({ method, params }) };
      case 'eth_signTypedData_v4': {
        if (declines) return failure(4001, 'User rejected the request.');
        const { domain, types, primaryType, message } = JSON.parse(params[1]);
        if (Number(domain.chainId) !== Number(current)) return failure(-32602, 'another chain');
        const { EIP712Domain, ...others } = types;
        if (!EIP712Domain) return failure(-32602, 'no EIP712Domain');
        return { result: await account.signTypedData({ domain, types: others, primaryType, message }) };
      }
      default:
        return failure(4200, `unsupported ${method}`);
    }
  }
  return { account, calls, request };
}

/** Lets a context have the wallet. */
export async function install(context, wallet, { announced = true } = {}) {
  await context.exposeFunction('walletOfTheTest', wallet.request);
  await context.addInitScript((announce) => {
    const provider = {
      async request(call) {
        const { result, error } = await window.walletOfTheTest(call);
        if (error) throw Object.assign(new Error(error.message), error);
        return result;
      },
    };
    if (!announce) {
      window.ethereum = provider;
      return;
    }
    const detail = Object.freeze({
      info: { uuid: '6b1f6d0e-1c5c-4f5e-9d1c-0e6b5a1f0c01', name: 'Test Wallet', icon: '', rdns: 'org.example.wallet' },
      provider,
    });
    const tell = () => window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail }));
    window.addEventListener('eip6963:requestProvider', tell);
    tell();
  }, announced);
}

/** Serious faults of accessibility that axe-core finds in a page, by rule and element. */
export async function accessibilityFaults(page) {
  // injected by the debugger's side of the browser, which the policy of the page does not bind
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  const { violations } = await page.evaluate(() => window.axe.run(document));
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}
