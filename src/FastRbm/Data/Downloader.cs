using System.Globalization;
using System.Security.Cryptography;
using FastRbm.Serialization;

namespace FastRbm.Data;

/// <summary>Fetches files whose size and checksum are known.</summary>
internal static class Downloader
{
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

            // A byte more than there should be shows a file that is too long.
            byte[] content = new byte[file.Bytes + 1];
            using Stream body = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
            int done = 0;
            int count;
            do
            {
                silence.CancelAfter(patience);
                count = await body.ReadAsync(content.AsMemory(done), silence.Token).ConfigureAwait(false);
                done += count;
            }
            while (count > 0 && done < content.Length);

            if (done > file.Bytes)
            {
                return $"more than the {file.Bytes} bytes that were expected";
            }

            string sum = Convert.ToHexStringLower(SHA256.HashData(content.AsSpan(0, done)));
            if (done != file.Bytes || sum != file.Sha256)
            {
                return $"{done} bytes with SHA-256 {sum} instead of {file.Bytes} bytes with {file.Sha256}";
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            AtomicFile.Write(path, content.AsSpan(0, done));
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
