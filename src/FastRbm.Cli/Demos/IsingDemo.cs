using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Evaluation;
using FastRbm.Evaluation.Boltzmann;
using FastRbm.Imaging;
using FastRbm.Memory;
using FastRbm.Models.Boltzmann;
using FastRbm.Sampling.Boltzmann;

namespace FastRbm.Cli.Demos;

/// <summary>The Ising model: energies against the exact ones, pictures, and couplings learnt back from samples.</summary>
internal sealed class IsingDemo : Demo
{
    private const int Chains = 16;
    private const int PictureSide = 128;
    private const double EnergyShare = 0.5;
    private const double PictureShare = 0.6;

    private static readonly double[] _betas = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.39];

    private readonly Option<int> _side = OptionFactory.Integer("--side", "The side of the torus", 32, least: 3);
    private readonly Option<int> _sweeps = OptionFactory.Integer("--sweeps", "Measured sweeps of each chain at each temperature", 2000, least: ChainDiagnostics.LeastDraws);
    private readonly Option<int> _samples = OptionFactory.Integer("--samples", "Samples that couplings are learnt from", 4000, least: 100);

    /// <inheritdoc/>
    public override string Name => "ising";

    /// <inheritdoc/>
    public override string Summary => "the Ising model: energies against the exact curve, pictures across the transition, couplings learnt back from samples";

    /// <inheritdoc/>
    public override IEnumerable<Option> Options => [_side, _sweeps, _samples];

    /// <inheritdoc/>
    public override void Run(DemoRun run, ParseResult parse)
    {
        int side = parse.GetValue(_side);
        int sweeps = parse.GetValue(_sweeps);
        run.Page.Paragraph(
            "A fully visible Boltzmann machine of spins on a square lattice, each coupled to its four neighbours with J = 2 W = beta, is the Ising model, whose energy is known exactly: for the "
            + "endless lattice by Onsager (1944), for a torus of any size by Kaufman (1949). Spins of one colour of the checkerboard are drawn at once.");
        Energies(run, side, sweeps);
        Lattices(run, sweeps);
        new IsingInverse(run, parse.GetValue(_samples)).Show(PictureShare);
    }

    private static void Energies(DemoRun run, int side, int sweeps)
    {
        run.Page.Section("Energy against the exact curve");
        double sites = (double)side * side;
        List<IReadOnlyList<string>> rows = [];
        List<double> measured = [];
        double worst = 0;
        for (int place = 0; place < _betas.Length; place++)
        {
            double beta = _betas[place];
            run.Progress(EnergyShare * place / _betas.Length, $"sampling at beta {DemoText.Fixed(beta, 2)}");
            BoltzmannMachine machine = IsingLattice.Machine(side, side, beta);
            using BoltzmannChains chains = new(machine, Chains, run.Seed + (ulong)place, run.Threads);
            chains.Run(Math.Max(sweeps / 4, 20));
            SeriesSummary summary = ChainDiagnostics.Summarize(chains.RunRecording(sweeps));

            // The machine's beta is a float; E of the machine is beta times the model's energy.
            double real = machine.Coupling(0, 1);
            double exact = IsingLattice.Energy(side, side, real);
            double mean = summary.Mean / (real * sites);
            double error = summary.StandardError / (real * sites);
            double deviations = (mean - exact) / error;
            worst = Math.Max(worst, Math.Abs(deviations));
            measured.Add(mean);
            rows.Add([
                DemoText.Fixed(beta, 2), DemoText.Fixed(mean, 5), DemoText.Fixed(error, 5), DemoText.Fixed(exact, 5), DemoText.Fixed(IsingLattice.EndlessEnergy(real), 5),
                DemoText.Fixed(deviations, 1), DemoText.Fixed(summary.AutocorrelationTime, 1),
            ]);
        }

        run.Page.Paragraph(
            $"A torus of {side} x {side} spins, {Chains} chains from random states, {DemoText.Count(sweeps)} measured sweeps each after a quarter as many. The standard error is that of "
            + "correlated draws: their deviation over the root of the effective sample size. The comparison is with the exact energy of this very torus.");
        double[] curve = [.. Enumerable.Range(0, 61).Select(static step => step * 0.01)];
        run.Figure(
            "Energy a site, in units of the coupling. The endless lattice's slope is infinite at the transition, a torus rounds it.",
            ("energy", DemoText.Lines(
                "Energy a site", "beta", "energy", new LineSeries($"torus {side} x {side}, exact", curve, [.. curve.Select(beta => IsingLattice.Energy(side, side, beta))]),
                new LineSeries("endless, exact", curve, [.. curve.Select(IsingLattice.EndlessEnergy)]) { IsBroken = true }, new LineSeries("measured", _betas, measured))));
        run.Page.Table(["beta", "measured", "standard error", "exact, torus", "exact, endless", "deviation in standard errors", "autocorrelation time, sweeps"], rows);
        run.Page.Paragraph(
            worst <= 4
                ? $"All energies are within {DemoText.Fixed(worst, 1)} standard errors of the exact ones."
                : $"An energy is {DemoText.Fixed(worst, 1)} standard errors from the exact one: more than chance would do.");
        run.Results.Add("side", side);
        run.Results.Add("sweeps", sweeps);
        run.Results.Add("temperatures", _betas.Length);
        run.Results.Add("largest_deviation_in_standard_errors", worst);
    }

    private static void Lattices(DemoRun run, int sweeps)
    {
        run.Page.Section("Below, at and above the transition");
        int steps = Math.Min(sweeps, 1000);
        List<(string, string, PixelImage)> pictures = [];
        List<double> magnetisations = [];
        (string File, double Beta)[] shown = [("hot", 0.35), ("critical", IsingLattice.CriticalBeta), ("cold", 0.55)];
        foreach ((string file, double beta) in shown)
        {
            run.Progress(EnergyShare, $"drawing at beta {DemoText.Fixed(beta, 3)}");
            using BoltzmannChains chains = new(IsingLattice.Machine(PictureSide, PictureSide, beta), 1, run.Seed, run.Threads);
            chains.Run(steps);
            BitMatrix states = chains.States;
            double up = (double)states.CountOn(0) / states.Columns;
            magnetisations.Add(Math.Abs((2 * up) - 1));
            pictures.Add((file, $"beta {DemoText.Fixed(beta, 4)}", new Mosaic(1, PictureSide, PictureSide, new MosaicOptions { Zoom = 2 }).RenderBits(states)));
        }

        run.Pictures(
            $"{PictureSide} x {PictureSide} spins after {DemoText.Count(steps)} sweeps from a random state; up is white. Their magnetisations are {string.Join(", ", magnetisations.Select(static size => DemoText.Fixed(size, 2)))}.", pictures);
        double full = IsingLattice.EndlessMagnetisation(shown[^1].Beta);
        bool isMap = magnetisations[^1] < 0.95 * full;
        run.Page.Paragraph(
            $"At beta {DemoText.Fixed(shown[0].Beta, 2)} neighbours agree over a few sites only. At the transition, beta = ln(1 + sqrt 2) / 2, there are clusters of all sizes. At beta "
            + $"{DemoText.Fixed(shown[^1].Beta, 2)} the endless lattice has a magnetisation of {DemoText.Fixed(full, 3)}, nearly all up or nearly all down (Yang 1952); this one has {DemoText.Fixed(magnetisations[^1], 2)}. "
            + (isMap
                ? "Single flips move walls slowly: from a random state it is still a map of domains, so that these sweeps haven't reached the distribution. That is why the table above ends before the transition."
                : "Here one domain has won; from other random states walls may stay for long, which is why the table above ends before the transition."));
    }
}
