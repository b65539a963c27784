// SPDX-License-Identifier: MIT
pragma solidity 0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// A contract wallet that anybody may call, as a bundler would, and whose owner signs for it (ERC-1271).
contract LabAccount {
    address public owner;

    function own(address owner_) external {
        owner = owner_;
    }

    function execute(address target, bytes calldata data) external {
        (bool success,) = target.call(data);
        require(success, "LabAccount: call failed");
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        (address who, ECDSA.RecoverError err,) = ECDSA.tryRecover(hash, signature);
        return err == ECDSA.RecoverError.NoError && who == owner ? bytes4(0x1626ba7e) : bytes4(0xffffffff);
    }
}

/// A token that keeps a hundredth of each transfer.
contract LabFeeToken {
    address public constant COLLECTOR = address(0xFE);

    mapping(address => uint256) public balanceOf;

    event Transfer(address indexed from, address indexed to, uint256 value);

    function mint(address to, uint256 value) external {
        balanceOf[to] += value;
        emit Transfer(address(0), to, value);
    }

    function transfer(address to, uint256 value) external returns (bool) {
        uint256 fee = value / 100;
        balanceOf[msg.sender] -= value;
        balanceOf[to] += value - fee;
        balanceOf[COLLECTOR] += fee;
        emit Transfer(msg.sender, to, value - fee);
        emit Transfer(msg.sender, COLLECTOR, fee);
        return true;
    }
}
