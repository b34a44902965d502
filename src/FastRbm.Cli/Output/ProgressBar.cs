using System.Diagnostics;

namespace FastRbm.Cli.Output;

/// <summary>A line at the foot of a terminal that shows how far a command has come. Writes nothing when nobody looks.</summary>
/// <param name="terminal">Where.</param>
internal sealed class ProgressBar(Terminal terminal)
{
    private const int Width = 30;
    private const double SecondsBetweenUpdates = 0.1;

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private double _next;
    private bool _isShown;

    /// <summary>Shows a share of the work, at most ten times a second.</summary>
    /// <param name="share">From 0 to 1.</param>
    /// <param name="firstShare">The share that was done when the clock started: a resumed run's.</param>
    /// <param name="details">What to write behind the bar; asked only when it is written.</param>
    public void Show(double share, double firstShare, Func<string> details)
    {
        double now = _clock.Elapsed.TotalSeconds;
        if (!terminal.ShowsProgress || now < _next)
        {
            return;
        }

        _next = now + SecondsBetweenUpdates;
        int done = (int)(Width * Math.Clamp(share, 0, 1));
        double left = share > firstShare ? now * (1 - share) / (share - firstShare) : 0;
        string bar = new string('#', done) + new string('.', Width - done);
        terminal.Error.Write($"\r[{bar}] {Numbers.Text(100 * share, "F0"),3} %  {details()}  {Numbers.Time(left)} left\u001b[K");
        _isShown = true;
    }

    /// <summary>Removes the line, so that others can be written.</summary>
    public void Clear()
    {
        if (_isShown)
        {
            terminal.Error.Write("\r\u001b[K");
            _isShown = false;
        }
    }
}
