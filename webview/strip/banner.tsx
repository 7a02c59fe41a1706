import { SeverityIcon } from '../icons.tsx';

interface BannerProps {
  readonly text: string;
  readonly onReload: () => void;
}

/** Banner that says that the file changed, until it is read again. */
export function Banner({ text, onReload }: BannerProps) {
  return (
    <div class="banner" role="alert">
      <SeverityIcon severity="warning" />
      <p>{text}</p>
      <button type="button" class="action" onClick={onReload}>
        Reload
      </button>
    </div>
  );
}
