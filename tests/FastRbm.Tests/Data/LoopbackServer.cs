using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FastRbm.Tests.Data;

/// <summary>A web server on this machine that gives prepared answers, good and bad.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<string, byte[]> _answers = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public LoopbackServer()
    {
        _listener.Start();
        Base = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/data");
        _loop = Task.Run(AcceptAsync);
    }

    public Uri Base { get; }

    /// <summary>The paths that were asked for, in order.</summary>
    public string[] Requests => [.. _requests];

    /// <summary>Answers a path with a file; <paramref name="announced"/> is the length that the header claims.</summary>
    public void Serve(string path, byte[] body, long? announced = null) =>
        _answers[path] =
        [
            .. Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Length: {announced ?? body.Length}\r\nConnection: close\r\n\r\n")),
            .. body,
        ];

    /// <summary>Answers a path with a file whose end is the end of the connection.</summary>
    public void ServeWithoutLength(string path, byte[] body) =>
        _answers[path] = [.. "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"u8, .. body];

    /// <summary>Never answers a path.</summary>
    public void StaySilent(string path) => _answers[path] = [];

    public void Dispose()
    {
        _stop.Cancel();
        _loop.GetAwaiter().GetResult();
        _stop.Dispose();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> open = [];
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                open.Add(AnswerAsync(client));
            }
        }
        catch (OperationCanceledException)
        {
        }

        await Task.WhenAll(open);
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using TcpClient connection = client;
        try
        {
            NetworkStream stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
            string first = await reader.ReadLineAsync(_stop.Token) ?? string.Empty;
            while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 })
            {
            }

            if (first.Length == 0)
            {
                // The client went away.
                return;
            }

            string path = first.Split(' ')[1];
            _requests.Enqueue(path);
            byte[] answer = _answers.GetValueOrDefault(path, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
            if (answer.Length == 0)
            {
                await Task.Delay(Timeout.Infinite, _stop.Token);
            }

            await stream.WriteAsync(answer, _stop.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
        }
    }
}
