internal import ArgumentParser
import Glibc

/// The command-line tool. One file for each subcommand.
@main
struct Milepost: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "milepost",
    abstract: "Milestone payments: durable escrow operations over TCP, embedded or from files.",
    discussion: """
      Start a server, load it, stop it, and check what it kept:

        milepost serve --store /tmp/store --listen 127.0.0.1:7411
        milepost load --connect 127.0.0.1:7411 --milestones 100000 --duration 10
        milepost verify --store /tmp/store
      """,
    version: "0.1.0",
    subcommands: [
      ServeCommand.self, GatewayCommand.self, LoadCommand.self, ApplyCommand.self, VerifyCommand.self,
      InspectCommand.self,
      ExportCommand.self, ArchiveCommand.self, BackupCommand.self, RestoreCommand.self, DatasetCommand.self,
      ScenarioCommand.self,
      TemplateCommand.self, ReferenceCommand.self,
      KeyCommand.self, ApplicationCommand.self, QuotaCommand.self, AuditCommand.self,
    ])

  static func main() async {
    // A file that reaches the limit of file sizes is told where it happens, like a full disk; left alone the signal ends the process
    // without a word.
    _ = signal(SIGXFSZ, SIG_IGN)
    await main(nil)
  }
}
