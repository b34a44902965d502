using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FastRbm.Benchmarks.Comparison.Peers;

/// <summary>A peer in a process of its own that answers commands, a JSON object a line each way.</summary>
internal sealed class PeerProcess : IDisposable
{
    private const int MostQuoted = 200;

    private static readonly TimeSpan _patienceAtTheEnd = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly TimeSpan _timeout;
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _errorsEnded = new();
    private string? _lastError;

    private PeerProcess(Process process, TimeSpan timeout)
    {
        _process = process;
        _timeout = timeout;
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                _errorsEnded.TrySetResult();
            }
            else if (!string.IsNullOrWhiteSpace(line.Data))
            {
                lock (_lock)
                {
                    _lastError = line.Data.Trim();
                }
            }
        };
        process.BeginErrorReadLine();
        AppDomain.CurrentDomain.ProcessExit += End;
    }

    /// <summary>The peer's packages, by name.</summary>
    public IReadOnlyDictionary<string, string> Versions { get; private set; } = new Dictionary<string, string>();

    /// <summary>Starts a peer with the first interpreter that has its packages.</summary>
    /// <param name="peer">torch, numpy or sklearn.</param>
    /// <param name="threads">Its threads.</param>
    /// <param name="options">The interpreter and the patience.</param>
    /// <exception cref="MissingPeerException">No interpreter, or none with the packages.</exception>
    /// <exception cref="PeerException">It died, stayed silent or answered nonsense.</exception>
    /// <exception cref="UsageException">The interpreter of the user's choice can't be started.</exception>
    public static PeerProcess Start(string peer, int threads, CompareOptions options)
    {
        string missing = "python3";
        foreach (string interpreter in PeerEnvironment.Interpreters(options.Python))
        {
            ProcessStartInfo start = new(interpreter, [Path.Combine(Repository.Root, "benchmarks", "peers", "run.py"), peer, "--threads", $"{threads}"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            PeerEnvironment.Apply(start);
            Process process;
            try
            {
                process = Process.Start(start)!;
            }
            catch (Win32Exception error) when (options.Python is null)
            {
                _ = error;
                continue;
            }
            catch (Win32Exception error)
            {
                throw new UsageException($"--python: expected a program that can be started, found {interpreter}: {error.Message}");
            }

            PeerProcess? started = null;
            try
            {
                started = new PeerProcess(process, options.Timeout);
                JsonObject hello = started.Answer();
                if (hello["missing"] is { } package)
                {
                    missing = $"{package}";
                    continue;
                }

                if (hello["versions"] is not JsonObject versions)
                {
                    throw new PeerException($"expected the peer's versions, found {Quote(hello.ToJsonString())}");
                }

                started.Versions = versions.ToDictionary(static item => item.Key, static item => $"{item.Value}");
                PeerProcess ready = started;
                started = null;
                return ready;
            }
            finally
            {
                started?.Dispose();
            }
        }

        throw new MissingPeerException(missing);
    }

    /// <summary>Sends a command and waits for its answer.</summary>
    /// <exception cref="PeerException">The peer died, stayed silent or answered nonsense.</exception>
    public JsonObject Ask(JsonObject command)
    {
        try
        {
            _process.StandardInput.WriteLine(command.ToJsonString());
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            throw Ended();
        }

        return Answer();
    }

    /// <summary>Ends the process.</summary>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= End;
        End(sender: null, EventArgs.Empty);
        _process.Dispose();
    }

    /// <summary>Ends the process also when the run is interrupted, in the middle of whatever it does.</summary>
    private void End(object? sender, EventArgs arguments)
    {
        try
        {
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
            }

            _process.WaitForExit(_patienceAtTheEnd);
        }
        catch (InvalidOperationException)
        {
            // It ended in between, or was disposed of.
        }
    }

    private JsonObject Answer()
    {
        Task<string?> reading = _process.StandardOutput.ReadLineAsync();
        if (!reading.Wait(_timeout))
        {
            Dispose();
            throw new PeerException($"no answer within {_timeout.TotalSeconds:F0} s{LastError()}");
        }

        string line = reading.Result ?? throw Ended();
        try
        {
            return JsonNode.Parse(line) as JsonObject ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw new PeerException($"expected a JSON object, found {Quote(line)}{LastError()}");
        }
    }

    private PeerException Ended()
    {
        // The last words may still be on their way; a child of the peer may hold its standard error open for ever.
        bool exited = _process.WaitForExit(_patienceAtTheEnd);
        _errorsEnded.Task.Wait(_patienceAtTheEnd);
        return new PeerException($"ended {(exited ? $"with exit code {_process.ExitCode}" : "its output")}{LastError()}");
    }

    private string LastError()
    {
        lock (_lock)
        {
            return _lastError is null ? string.Empty : $": {Quote(_lastError)}";
        }
    }

    private static string Quote(string text) => text.Length <= MostQuoted ? text : text[..MostQuoted] + "...";
}
