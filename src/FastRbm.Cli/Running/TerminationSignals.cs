using System.Runtime.InteropServices;

namespace FastRbm.Cli.Running;

/// <summary>Turns the first interrupt or termination signal into a cancellation; a second one ends the process at once.</summary>
internal sealed class TerminationSignals : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _termination;

    /// <summary>Starts to listen.</summary>
    public TerminationSignals()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Handle(context, Cli.ExitCode.Interrupted));
        _termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Handle(context, Cli.ExitCode.Terminated));
    }

    /// <summary>Cancelled by a signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>What to return after the signal that came.</summary>
    public int ExitCode { get; private set; } = Cli.ExitCode.Interrupted;

    /// <summary>"interrupted" or "terminated".</summary>
    public string What => ExitCode == Cli.ExitCode.Interrupted ? "interrupted" : "terminated";

    /// <summary>Stops listening.</summary>
    public void Dispose()
    {
        _interrupt.Dispose();
        _termination.Dispose();
        _source.Dispose();
    }

    private void Handle(PosixSignalContext context, int exitCode)
    {
        if (!_source.IsCancellationRequested)
        {
            context.Cancel = true;
            ExitCode = exitCode;
            _source.Cancel();
        }
    }
}
