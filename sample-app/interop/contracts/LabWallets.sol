// SPDX-License-Identifier: MIT
pragma solidity 0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// An ERC-1271 wallet whose owner is told when it is created.
contract LabWallet {
    address public immutable owner;

    constructor(address owner_) {
        owner = owner_;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        (address who, ECDSA.RecoverError err,) = ECDSA.tryRecover(hash, signature);
        return err == ECDSA.RecoverError.NoError && who == owner ? bytes4(0x1626ba7e) : bytes4(0xffffffff);
    }
}

/// An ERC-1271 wallet of two hard-coded owners who both sign, so that its signatures have 130 bytes (lab accounts
/// "settler" and "stranger", mnemonic indexes 13 and 12).
contract LabTwoOwnerWallet {
    address public constant first = 0x1CBd3b2770909D4e10f157cABC84C7264073C9Ec;
    address public constant second = 0xFABB0ac9d68B0B445fB7357272Ff202C5651694a;

    function isValidSignature(bytes32 hash, bytes calldata signature) external pure returns (bytes4) {
        bool both = signature.length == 130 && isBy(first, hash, signature[:65]) && isBy(second, hash, signature[65:]);
        return both ? bytes4(0x1626ba7e) : bytes4(0xffffffff);
    }

    function isBy(address owner, bytes32 hash, bytes calldata signature) private pure returns (bool) {
        (address who, ECDSA.RecoverError err,) = ECDSA.tryRecover(hash, signature);
        return err == ECDSA.RecoverError.NoError && who == owner;
    }
}

/// Creates wallets at addresses that are known before (ERC-6492).
contract LabWalletFactory {
    function create(address owner) external returns (address) {
        return address(new LabWallet{salt: 0}(owner));
    }

    function addressOf(address owner) external view returns (address) {
        bytes32 code = keccak256(abi.encodePacked(type(LabWallet).creationCode, abi.encode(owner)));
        return address(uint160(uint256(keccak256(abi.encodePacked(bytes1(0xff), address(this), bytes32(0), code)))));
    }
}

/// The one function of Multicall3 that simulations of such wallets need.
contract LabMulticall3 {
    struct Call {
        address target;
        bytes callData;
    }

    struct Result {
        bool success;
        bytes returnData;
    }

    function tryAggregate(bool requireSuccess, Call[] calldata calls)
        external
        payable
        returns (Result[] memory results)
    {
        results = new Result[](calls.length);
        for (uint256 i = 0; i < calls.length; i++) {
            (results[i].success, results[i].returnData) = calls[i].target.call(calls[i].callData);
            if (requireSuccess) require(results[i].success, "Multicall3: call failed");
        }
    }
}

/// Takes every authorization without a look at it and moves nothing, or reverts when it is told to.
contract LabDishonestToken {
    string public constant name = "USDC";
    string public constant version = "2";
    mapping(address => mapping(bytes32 => bool)) public authorizationState;

    event AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce);

    function balanceOf(address) external pure returns (uint256) {
        return type(uint256).max;
    }

    function transferWithAuthorization(
        address from,
        address,
        uint256,
        uint256,
        uint256,
        bytes32 nonce,
        uint8,
        bytes32,
        bytes32
    ) external {
        authorizationState[from][nonce] = true;
        emit AuthorizationUsed(from, nonce);
    }
}

/// Carries out several calls in one transaction, as anybody may.
contract LabBatch {
    function run(address target, bytes[] calldata calls) external {
        for (uint256 i = 0; i < calls.length; i++) {
            (bool success,) = target.call(calls[i]);
            require(success, "LabBatch: call failed");
        }
    }
}

/// Moves nothing, and emits whatever events it is told to, as any contract may.
contract LabMisleadingToken {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce);

    function pretend(address from, address to, uint256 value, bytes32 nonce) external {
        emit AuthorizationUsed(from, nonce);
        emit Transfer(from, to, value);
    }
}
