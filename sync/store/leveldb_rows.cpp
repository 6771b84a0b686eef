#include "sync/store/leveldb_folder.hpp"

#include "shared/base/verify.hpp"

#include <filesystem>

namespace cunzheng::store {
namespace {

// Of the layout of rows on the disk. Another number makes them anew; what the rows mean has its own version in a row.
constexpr std::uint8_t rows_version = 1;

constexpr std::size_t table_bytes = 8;

Bytes version_key() { return {'v'}; }

class LevelRows final : public RowStore {
 public:
  LevelRows(std::filesystem::path folder, leveldb::Env* env, StoreId store, const crypto::SymmetricKey& key,
            Random* random)
      : folder_(std::move(folder)),
        env_(env),
        store_(store),
        values_key_(crypto::derive(key, "store/rows")),
        tables_key_(crypto::derive(key, "store/row tables")),
        random_(random) {}

  // True: the rows that were there. False: there are none, or not such rows.
  Result<bool> open() {
    auto db = SealedDb::open(folder_, SealedDb::Care::open, env_);
    if (!db && db.error().code == FailureCode::unreadable) return false;
    if (!db) return tl::make_unexpected(db.error());
    db_ = std::move(*db);
    db_->unseal(store_, values_key_.copy(), random_);
    const auto version = db_->get(version_key());
    const bool is_ours = version && *version && **version == Bytes{rows_version};
    if (is_ours) return true;
    if (!version && version.error().code == FailureCode::unavailable) return tl::make_unexpected(version.error());
    db_.reset();
    return false;
  }

  Status make_anew() {
    db_.reset();
    // The file that makes it a database goes first: rows that were deleted in part must not look like rows.
    CHECK(remove_all_of(folder_ / "CURRENT"));
    CHECK(remove_all_of(folder_));
    TRY(db_, SealedDb::open(folder_, SealedDb::Care::create, env_));
    db_->unseal(store_, values_key_.copy(), random_);
    SealedDb::Batch batch(*db_);
    batch.put(version_key(), Bytes{rows_version});
    return db_->write(batch, true);
  }

  Result<std::optional<Bytes>> get(const RowKey& row) override {
    CHECK(check_open());
    return db_->get(key_of(row.table, row.key));
  }

  Status apply(const std::map<RowKey, std::optional<Bytes>>& changes) override {
    CHECK(check_open());
    if (changes.empty()) return {};
    SealedDb::Batch batch(*db_);
    for (const auto& [row, value] : changes) {
      const auto key = key_of(row.table, row.key);
      if (value) {
        batch.put(key, *value);
      } else {
        batch.erase(key);
      }
    }
    auto written = db_->write(batch, false);
    if (!written) db_.reset();
    return written;
  }

  Status scan(const std::string& table, ByteView prefix,
              const std::function<bool(ByteView key, ByteView value)>& each) override {
    CHECK(check_open());
    const auto full_prefix = key_of(table, prefix);
    Status opened;
    CHECK(db_->scan(full_prefix, full_prefix, [&](ByteView key, ByteView raw) {
      const auto value = db_->open_value(key, raw);
      if (!value) {
        opened = tl::make_unexpected(value.error());
        return false;
      }
      return each(key.subspan(1 + table_bytes), *value);
    }));
    return opened;
  }

  Status clear() override {
    CHECK(check_open());
    return make_anew();
  }

 private:
  Status check_open() const {
    if (db_) return {};
    return fail(FailureCode::unavailable, {"登记簿存储在一次写入失败后已关闭，请检查磁盘后重新打开程序",
                                           "the rows are shut since a write failed; check the disk and open the program again"});
  }

  Bytes key_of(const std::string& table, ByteView key) {
    auto [name, is_new] = tables_.try_emplace(table);
    if (is_new) name->second = crypto::hmac_sha256(tables_key_.bytes(), view_of(table));
    Bytes out;
    out.reserve(1 + table_bytes + key.size());
    out.push_back('r');
    append(out, ByteView(name->second).first(table_bytes));
    append(out, key);
    return out;
  }

  std::filesystem::path folder_;
  leveldb::Env* env_;
  StoreId store_;
  crypto::SymmetricKey values_key_;
  crypto::SymmetricKey tables_key_;
  Random* random_;
  std::unique_ptr<SealedDb> db_;  // none: shut
  std::map<std::string, Hash> tables_;
};

}  // namespace

Result<std::unique_ptr<RowStore>> open_row_store(const StoreOptions& options, const crypto::SymmetricKey& key,
                                                 bool* was_reset) {
  const StoreFolder folder(options);
  TRY(const auto mark, read_mark(folder.mark_disk(), folder.mark()));
  auto rows = std::make_unique<LevelRows>(folder.rows(), folder.env(), mark.store, key, options.random);
  TRY(const bool is_there_already, rows->open());
  if (!is_there_already) CHECK(rows->make_anew());
  if (was_reset != nullptr) *was_reset = !is_there_already;
  return rows;
}

}  // namespace cunzheng::store
