using System.Globalization;
using System.Security.Cryptography;

namespace FastRbm.Data;

/// <summary>Fetches files whose size and checksum are known.</summary>
internal static class Downloader
{
    private const int BufferBytes = 1 << 16;

    private static readonly HttpClient _client = new() { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Downloads a file, which appears under its name only when its checksum is right.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="path">Where it goes; directories are made.</param>
    /// <param name="file">What it must be.</param>
    /// <param name="patience">How long the server may stay silent.</param>
    /// <param name="cancellationToken">Stops the download; nothing is left behind.</param>
    /// <returns>Why it failed; null on success.</returns>
    /// <exception cref="OperationCanceledException">Cancelled by the token.</exception>
    public static async Task<string?> FetchAsync(
        Uri address, string path, PublishedFile file, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            silence.CancelAfter(patience);
            using HttpResponseMessage response =
                await _client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, silence.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                return string.Create(CultureInfo.InvariantCulture, $"HTTP {(int)response.StatusCode} {response.ReasonPhrase}");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var target = new NewFile(path);
            using Stream content = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            byte[] buffer = new byte[BufferBytes];
            long done = 0;
            while (true)
            {
                silence.CancelAfter(patience);
                int count = await content.ReadAsync(buffer, silence.Token).ConfigureAwait(false);
                if (count == 0)
                {
                    break;
                }

                done += count;
                if (done > file.Bytes)
                {
                    return $"more than the {file.Bytes} bytes that were expected";
                }

                hash.AppendData(buffer, 0, count);
                await target.Stream.WriteAsync(buffer.AsMemory(0, count), silence.Token).ConfigureAwait(false);
            }

            string sum = Convert.ToHexStringLower(hash.GetHashAndReset());
            if (done != file.Bytes || sum != file.Sha256)
            {
                return $"{done} bytes with SHA-256 {sum} instead of {file.Bytes} bytes with {file.Sha256}";
            }

            target.Complete();
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return string.Create(CultureInfo.InvariantCulture, $"no answer for {patience.TotalSeconds} seconds");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
