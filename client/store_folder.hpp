#pragma once
// What lies in a laptop's store folder beside the entries (db/, commit.mark) and the keys (keys, officers/):
//   enrolment   whom this laptop belongs to and trusts; sealed; its coming into being is the moment of enrolment
//   state       what is worth knowing after a restart and can be told by no entry: alarms, the last sync; sealed
//   program.log, control.sock

#include "shared/crypto/seal.hpp"
#include "sync/core/enrolment.hpp"
#include "sync/core/session.hpp"
#include "sync/program/grant.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace cunzheng::client {

// Name of the device key's seed in the key file.
std::string device_secret_name(const crypto::PublicKey& device_key);

struct Enrolment {
  std::string hub;  // its address as text
  sync::HubId hub_id{};
  Hash hub_pin{};  // of the TLS key that the code vouched for
  program::Grant grant;
  crypto::PublicKey device_key;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(hub), CEREAL_NVP(hub_id), CEREAL_NVP(hub_pin), CEREAL_NVP(grant), CEREAL_NVP(device_key));
  }
};

bool is_enrolled(const std::filesystem::path& folder);
Result<Enrolment> read_enrolment(const std::filesystem::path& folder, const crypto::SymmetricKey& data_key);
Status write_enrolment(const std::filesystem::path& folder, const Enrolment& enrolment,
                       const crypto::SymmetricKey& data_key, Random& random);

// The hub's statement that the grant carries, if the pinned root signed it.
Result<journal::HubStatement> statement_of(const program::Grant& grant);

struct RaisedAlarm {
  std::string kind;  // alarm_name()
  journal::JournalId journal;
  journal::Seq seq = 0;
  Instant at;
  bool is_settled = false;  // a whole exchange has passed without it since

  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(kind), CEREAL_NVP(journal), CEREAL_NVP(seq), CEREAL_NVP(at), CEREAL_NVP(is_settled));
  }
};

std::string alarm_name(sync::AlarmKind kind);
Text alarm_text(const std::string& kind);

struct LaptopState {
  std::uint64_t boot_counter = 0;               // one more with each start (D09)
  std::optional<Instant> in_step_at;            // the hub and we held the same
  std::optional<Instant> hub_clock;             // what the hub's clock showed when it last answered,
  std::optional<Instant> own_clock;             // and ours
  std::vector<RaisedAlarm> alarms;              // one of each kind and journal, the latest
  std::optional<crypto::PublicKey> cut_device;  // after a repair: the journal of this device must not go on

  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(boot_counter), CEREAL_NVP(in_step_at), CEREAL_NVP(hub_clock), CEREAL_NVP(own_clock),
            CEREAL_NVP(alarms), CEREAL_NVP(cut_device));
  }
};

// The state as it was, and each change of it at once on the disk. One that cannot be read is begun anew: it holds
// nothing that the next sync does not show again. On the loop thread.
class StateFile {
 public:
  StateFile(std::filesystem::path folder, const crypto::SymmetricKey& data_key, Random& random);

  const LaptopState& state() const { return state_; }
  bool has_alarm(sync::AlarmKind kind, const journal::JournalId& journal) const;
  void raise(sync::AlarmKind kind, const journal::JournalId& journal, journal::Seq seq, Instant at);
  void started();                                                  // counts this start
  Status cut_off(const std::optional<crypto::PublicKey>& device);  // durable on return
  void hub_answered(Instant hub_clock, Instant own_clock);
  // Alarms that were not raised since `since` are settled.
  void in_step(Instant at, Instant since);

 private:
  void write();

  std::filesystem::path folder_;
  const crypto::SymmetricKey& data_key_;
  Random& random_;
  LaptopState state_;
};

}  // namespace cunzheng::client
