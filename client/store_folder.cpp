#include "client/store_folder.hpp"

#include "sync/program/files.hpp"

#include <algorithm>
#include <array>

namespace cunzheng::client {
namespace {

constexpr const char* enrolment_name = "enrolment";
constexpr const char* state_name = "state";
constexpr std::size_t file_bytes_max = 1U << 20;
constexpr std::int64_t in_step_written_ms = 10'000;

struct AlarmWords {
  sync::AlarmKind kind;
  const char* name;
  Text text;
};

const std::array<AlarmWords, 6>& alarm_words() {
  static const std::array<AlarmWords, 6> words{{
      {sync::AlarmKind::own_journal_diverged,
       "own_journal_diverged",
       {"区中心有本机日志中本机没有的内容：这份数据有旧备份或副本在用，不能继续写，请向区里要一张新登记单，重新登记（en"
        "rol）",
        "the hub holds entries of this laptop's journal that it lacks: an old backup or a copy of this store is or was "
        "in use, so it must not go on: ask the district "
        "for a new slip and enrol again"}},
      {sync::AlarmKind::hub_went_back,
       "hub_went_back",
       {"中心数据回退：区中心的数据比本机见过的旧，本机会把缺的内容再送去",
        "the hub went back: it shows less than this laptop has seen; what it lacks is offered again"}},
      {sync::AlarmKind::hub_forked,
       "hub_forked",
       {"区中心的日志与本机见过的不一致，请报告区里",
        "the hub's journal differs from what was seen here: tell the district"}},
      {sync::AlarmKind::shown_newer_self, "shown_newer_self", {"对方有更新的数据", "the other side holds newer data"}},
      {sync::AlarmKind::range_refused,
       "range_refused",
       {"收到的一段数据没有通过核对，已跳过", "a piece of received data failed its checks and was left out"}},
      {sync::AlarmKind::unknown_journal,
       "unknown_journal",
       {"收到来历不明的日志，已拒收", "a journal that no statement admits was offered and refused"}},
  }};
  return words;
}

template <class T>
Result<T> read_sealed(const std::filesystem::path& folder, const char* name, const crypto::SymmetricKey& data_key) {
  TRY(const auto sealed, program::read_file(folder / name, file_bytes_max));
  TRY(const auto bytes, crypto::open(data_key, sealed, view_of(name)));
  return codec::decode<T>(bytes);
}

template <class T>
Status write_sealed(const std::filesystem::path& folder, const char* name, const T& value,
                    const crypto::SymmetricKey& data_key, Random& random) {
  return program::write_file(folder / name, crypto::seal(data_key, codec::encode(value), view_of(name), random));
}

}  // namespace

std::string device_secret_name(const crypto::PublicKey& device_key) {
  return "device/" + to_hex(device_key.value()).substr(0, 16);
}

bool is_enrolled(const std::filesystem::path& folder) {
  std::error_code error;
  return std::filesystem::exists(folder / enrolment_name, error);
}

Result<Enrolment> read_enrolment(const std::filesystem::path& folder, const crypto::SymmetricKey& data_key) {
  return read_sealed<Enrolment>(folder, enrolment_name, data_key);
}

Status write_enrolment(const std::filesystem::path& folder, const Enrolment& enrolment,
                       const crypto::SymmetricKey& data_key, Random& random) {
  return write_sealed(folder, enrolment_name, enrolment, data_key, random);
}

Result<journal::HubStatement> statement_of(const program::Grant& grant) {
  CHECK(crypto::check_public_key(grant.root, "root"));
  if (!crypto::verify(grant.root, "hub-statement", grant.hub.statement, grant.hub.by_root)) {
    return fail(FailureCode::refused,
                {"区中心的证明没有根密钥的签名", "the hub's statement is not signed by the root key"});
  }
  return codec::decode<journal::HubStatement>(grant.hub.statement);
}

std::string alarm_name(sync::AlarmKind kind) {
  for (const auto& each : alarm_words()) {
    if (each.kind == kind) return each.name;
  }
  return "unknown";
}

Text alarm_text(const std::string& kind) {
  for (const auto& each : alarm_words()) {
    if (each.name == kind) return each.text;
  }
  return {kind, kind};
}

StateFile::StateFile(std::filesystem::path folder, const crypto::SymmetricKey& data_key, Random& random)
    : folder_(std::move(folder)), data_key_(data_key), random_(random) {
  if (auto state = read_sealed<LaptopState>(folder_, state_name, data_key_)) state_ = *std::move(state);
}

bool StateFile::has_alarm(sync::AlarmKind kind, const journal::JournalId& journal) const {
  return std::any_of(state_.alarms.begin(), state_.alarms.end(), [&, name = alarm_name(kind)](const RaisedAlarm& each) {
    return each.kind == name && each.journal == journal;
  });
}

void StateFile::raise(sync::AlarmKind kind, const journal::JournalId& journal, journal::Seq seq, Instant at) {
  const auto name = alarm_name(kind);
  std::erase_if(state_.alarms, [&](const RaisedAlarm& each) { return each.kind == name && each.journal == journal; });
  state_.alarms.push_back({name, journal, seq, at, false});
  write();
}

void StateFile::started() {
  ++state_.boot_counter;
  write();
}

void StateFile::hub_answered(Instant hub_clock, Instant own_clock) {
  state_.hub_clock = hub_clock;
  state_.own_clock = own_clock;
  write();
}

void StateFile::in_step(Instant at, Instant since) {
  bool is_news = !state_.in_step_at || at < *state_.in_step_at || *state_.in_step_at + in_step_written_ms <= at;
  for (auto& alarm : state_.alarms) {
    if (alarm.is_settled || alarm.at >= since) continue;
    alarm.is_settled = true;
    is_news = true;
  }
  if (!is_news) return;  // said again after each exchange: not a file each time
  state_.in_step_at = at;
  write();
}

Status StateFile::cut_off(const std::optional<crypto::PublicKey>& device) {
  state_.cut_device = device;
  return write_sealed(folder_, state_name, state_, data_key_, random_);
}

void StateFile::write() {
  // Losing it costs nothing that the next sync would not show again; the failure shows at the next entry.
  [[maybe_unused]] const auto written = write_sealed(folder_, state_name, state_, data_key_, random_);
}

}  // namespace cunzheng::client
