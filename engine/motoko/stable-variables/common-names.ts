/**
 * Names that Motoko programs often give their variables and fields. An image has only the Candid hashes of names. With a few
 * hundred names and 2^32 hashes, a name whose hash matches is the right one.
 */
const WORDS = `
account accounts actors address admin admins allowance allowances amount approvals archive archives assets auctions
balance balances bank blob blobs block blocks blocks_count bookings bucket BUCKET_SIZE buckets buffer bytes bytes_count
cache canister canister_id canisters capacity categories category chats chunks comments config content contents count counter created created_at
created_at_time creator creators cursor cycles
data database db decimals deleted deposits description documents docs
elems elems_count email end entries entry event events expiry
favorites fee files filled_buckets first followers from
games GB groups
hash heap height history holders
id identities ids image images index indexes indices info init initialized invoices items
jobs
key keys KiB
last ledger leaves left len length level likes limit list listings locked lock log logs
map MAX_MEMORY max_memory max_size member members memo memory memory_pages messages meta metadata minters minting_account mint
name names note next next_id next_index nextId nft nfts nodes notes notifications num
offset offsets orders owner owners
pages payload payments pending permission pool pools pos position posts prev price principal principals products profile profiles proposals
queue
ratings records region regions registry requests reserve results right rewards role roles root rooms
seed sessions settings shares size sizes slots stakes start state stats status storage store stores subaccount subscribers supply symbol
table tags tasks tickets tickers time timestamp title to token tokens topics total total_memory_used total_supply totalSupply trailing_txs trades
transaction transactions transfer transfers treasury tree trie tx txs type typed
updated updated_at url urls used user users
value values version versions videos votes
wallet wallets whitelist withdrawals
keyvals branch leaf val
`;

export const COMMON_NAMES: readonly string[] = WORDS.trim().split(/\s+/);
